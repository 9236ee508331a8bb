
"use strict";
(function () {
  const one = (selector, root) => (root || document).querySelector(selector);
  const steps = Array.from(document.querySelectorAll(".way li"));
  const nodes = new Map(Array.from(document.querySelectorAll(".node"), node => [node.dataset.name, node]));
  const stage = one("#stage"), dot = one("#dot"), said = one("#said"), range = one("#step"), play = one("#play");
  if (!steps.length) return;
  let now = -1, timer = 0;

  const packetOf = step => step.closest(".packet");
  const placeOf = step => one("b", step).textContent;
  const restOf = step => step.dataset.to || placeOf(step);  // where the dot is when it has moved

  function put(name) {
    const node = nodes.get(name).dataset;
    dot.style.transform = `translate(${node.x}px, ${node.y}px)`;
  }

  function move(step) {  // from its node over the wire, if it goes on
    const ttl = one("i", step);
    stage.classList.remove("moving");
    dot.style.display = "block";
    dot.setAttribute("class", packetOf(step).matches(":first-child") ? step.className : `answer ${step.className}`);
    one("text", dot).textContent = ttl ? ttl.textContent : "";
    put(placeOf(step));
    if (!step.dataset.to) return;
    dot.getBoundingClientRect();  // the browser takes note of where it starts
    stage.classList.add("moving");
    put(step.dataset.to);
  }

  function tell(step, index) {
    const text = step.dataset.to
      ? `${placeOf(step)} to ${step.dataset.to}, ${one("i", step).textContent}`
      : `${placeOf(step)}: ${one("span", step).textContent}`;
    const about = one(".about", packetOf(step)).textContent;
    said.textContent = `Step ${index + 1} of ${steps.length}. ${text}. ${about}`;
  }

  function go(index, scroll) {
    index = Math.max(0, Math.min(steps.length - 1, index));
    if (index === now) return;
    if (now >= 0) {
      steps[now].removeAttribute("aria-current");
      packetOf(steps[now]).classList.remove("now");
      nodes.get(restOf(steps[now])).classList.remove("now");
    }
    now = index;
    const step = steps[now];
    step.setAttribute("aria-current", "step");
    packetOf(step).classList.add("now");
    nodes.get(restOf(step)).classList.add("now");
    range.value = now;
    range.setAttribute("aria-valuetext", `step ${now + 1} of ${steps.length}`);
    move(step);
    tell(step, now);
    if (scroll) packetOf(step).scrollIntoView({block: "nearest"});
    const map = one("#map"), wide = map.scrollWidth - map.clientWidth;  // on a phone the drawing is wider than its place
    if (wide > 0) map.scrollLeft = nodes.get(restOf(step)).dataset.x / one("#network").viewBox.baseVal.width * map.scrollWidth - map.clientWidth / 2;
  }

  function run(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => now + 1 < steps.length ? go(now + 1, true) : run(false), 1000) : 0;
    play.textContent = on ? "Pause" : "Play";
    said.setAttribute("aria-live", on ? "off" : "polite");
  }

  // What a field means is in the HTML once; here it comes to the other tables, when they are opened.
  const meanings = new Map();
  const layerOf = row => row.parentNode.rows[0].textContent.trim().replace(/^quoted /, "");
  const fieldOf = row => `${layerOf(row)}/${row.cells[2].textContent.trim()}`;
  const rowsOf = root => Array.from(root.querySelectorAll(".packet tbody tr")).filter(row => row.cells.length > 1);
  for (const row of rowsOf(document))
    if (row.cells.length > 4 && !meanings.has(fieldOf(row)))
      meanings.set(fieldOf(row), [row.cells[4].textContent, row.cells[5].textContent]);
  document.addEventListener("toggle", event => {
    for (const row of rowsOf(event.target.parentNode))
      if (row.cells.length === 4)
        for (const text of meanings.get(fieldOf(row)) || []) row.insertCell().textContent = text;
  }, true);

  function open() {
    const details = one("details", packetOf(steps[now]));
    run(false);
    details.open = true;
    one("summary", details).focus();
  }

  function by(difference) {
    run(false);
    go(now + difference, true);
  }

  one("#back").addEventListener("click", () => by(-1));
  one("#forward").addEventListener("click", () => by(1));
  play.addEventListener("click", () => run(!timer));
  one("#open").addEventListener("click", open);
  dot.addEventListener("click", open);
  range.addEventListener("input", () => { run(false); go(Number(range.value), true); });
  document.addEventListener("click", event => {
    const step = event.target.closest(".way li"), link = event.target.closest("nav a");
    if (step) { run(false); go(steps.indexOf(step)); }
    if (link) { run(false); go(steps.findIndex(each => one(link.hash).contains(each))); }
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target === range) return;
    const scrolls = event.target.matches("pre, details");
    if (event.key === "ArrowRight" && !scrolls) by(1);
    else if (event.key === "ArrowLeft" && !scrolls) by(-1);
    else if (event.key === "Enter" && (event.target === document.body || event.target === stage)) open();
    else if (event.key === "Escape") stage.focus({preventScroll: true});
    else return;
    event.preventDefault();
  });

  // Predictions: the choices become buttons; what was right is counted here and kept by this browser alone.
  const asked = Array.from(document.querySelectorAll(".predict")), SHELF = `netlite ${document.title}`;
  let answers = {};
  try { answers = JSON.parse(localStorage.getItem(SHELF)) || {}; } catch (refused) { /* nothing is kept then */ }

  function count() {
    const all = asked.map((box, index) => answers[index]).filter(answer => answer !== undefined);
    const right = asked.filter((box, index) => answers[index] === Number(box.dataset.right)).length;
    one("#score").textContent = all.length ? `Predicted: ${right} of ${all.length}.` : "";
  }

  function mark(box, answer) {
    for (const [index, button] of box.querySelectorAll("button").entries()) {
      button.disabled = true;
      if (index === Number(box.dataset.right)) button.className = "right";
      else if (index === answer) button.className = "wrong";
    }
  }

  asked.forEach((box, index) => {
    for (const [choice, item] of box.querySelectorAll("li").entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.textContent;
      item.replaceChildren(button);
      button.addEventListener("click", () => {
        answers[index] = choice;
        mark(box, choice);
        one(".reveal", box).open = true;
        one(".reveal summary", box).focus();
        count();
        try { localStorage.setItem(SHELF, JSON.stringify(answers)); } catch (refused) { /* nor now */ }
      });
    }
    if (answers[index] !== undefined) mark(box, answers[index]);
  });
  count();

  range.max = steps.length - 1;
  one("#controls").hidden = false;
  document.documentElement.classList.add("scripted");
  go(0);
})();
