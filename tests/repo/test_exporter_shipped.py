"""The files that are shipped for the exporter, and its page, say what is true: rules, dashboard, unit, container, daemon set."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from tree import ROOT

yaml = pytest.importorskip("yaml")
pytest.importorskip("prometheus_client")
sys.path.insert(0, str(ROOT))
from bench.vantages import find  # noqa: E402 - the checkout is not on the path before
from netlite.programs.about.own import OWN  # noqa: E402
from netlite.programs.exporter.metrics import HISTOGRAM, METRICS  # noqa: E402
from netlite.programs.exporter.probing import MODULES  # noqa: E402
from netlite.programs.exporter.words import LONG, Options, parse  # noqa: E402
from netlite.programs.sd import main as sd  # noqa: E402

SHIPPED = ROOT / "packaging/exporter"
PAGE = (ROOT / "docs/exporter.rst").read_text()
RULES = yaml.safe_load((SHIPPED / "rules.yml").read_text())
DASHBOARD = json.loads((SHIPPED / "dashboard.json").read_text())
needs_promtool = pytest.mark.skipif(find("promtool") is None, reason="there is no promtool: packaging/prometheus-of")


def rules() -> list[dict]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def panels() -> list[dict]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def promtool(*words: str, cwd=SHIPPED) -> str:
    done = subprocess.run([find("promtool"), *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_metric_that_is_asked_for_exists():
    known = set(METRICS) | {rule["record"] for rule in rules() if "record" in rule}
    known |= {f"{name}_bucket" for name, (kind, _) in METRICS.items() if kind == HISTOGRAM}
    for expression in [*expressions(), *[rule["expr"] for rule in rules()]]:
        names = set(re.findall(r"\b(?:\w+:)*(?:probe|netlite)_\w+(?::\w+)*", re.sub(r'"[^"]*"', '""', expression)))
        assert names and names <= known or "up{" in expression, (expression, names - known)


@needs_promtool
def test_promtool_finds_the_rules_right():
    assert f"{len(rules())} rules found" in promtool("check", "rules", "rules.yml")
    assert "SUCCESS" in promtool("test", "rules", "rules_test.yml")


def test_every_alert_is_tried_and_explains_itself():
    tried = {each["alertname"] for test in yaml.safe_load((SHIPPED / "rules_test.yml").read_text())["tests"]
             for each in test.get("alert_rule_test", ()) if each["exp_alerts"]}
    alerts = {rule["alert"]: rule for rule in rules() if "alert" in rule}
    assert tried == set(alerts)
    assert all(alert["annotations"]["summary"] and alert["labels"]["severity"] for alert in alerts.values())
    assert all(f"``{name}``" in PAGE for name in alerts)


@needs_promtool
def test_promtool_can_read_every_expression_of_the_dashboard(tmp_path):
    rows = [{"record": f"panel:expression:{number}", "expr": text.replace("$__rate_interval", "5m")}
            for number, text in enumerate(expressions())]
    (tmp_path / "all.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rows}]}))
    assert f"{len(rows)} rules found" in promtool("check", "rules", "all.yml", cwd=tmp_path)


def test_panels_of_the_dashboard_lie_side_by_side():
    taken: dict[tuple[int, int], int] = {}
    for panel in DASHBOARD["panels"]:
        grid = panel["gridPos"]
        assert 0 <= grid["x"] and grid["x"] + grid["w"] <= 24
        for x in range(grid["x"], grid["x"] + grid["w"]):
            for y in range(grid["y"], grid["y"] + grid["h"]):
                assert taken.setdefault((x, y), panel["id"]) == panel["id"], panel["title"]
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers) and len({panel["title"] for panel in panels()}) >= len(panels()) - 2
    variables = {each["name"] for each in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$(?!__)\{?(\w+)", json.dumps(DASHBOARD["panels"])))
    assert used <= variables


HELD = "/usr/bin/env", "--block-signal=HUP"


def unit() -> str:
    return (SHIPPED / "netlite-exporter.service").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_understands_the_unit(tmp_path):
    path = tmp_path / "netlite-exporter.service"
    path.write_text(unit().replace("/usr/local/bin/netlite", sys.executable).replace("Documentation=", "# "))
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "netlite" in line]
    assert complaints == []
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", path], capture_output=True, text=True)
    found = re.search(r"exposure level for \S+: ([\d.]+)", rated.stdout)
    assert found is None or float(found[1]) <= 2.5  # older ones do not rate files


def test_the_unit_gives_one_right_and_starts_the_exporter():
    settings = dict(line.split("=", 1) for line in unit().splitlines() if "=" in line and not line.startswith("#"))
    assert settings["AmbientCapabilities"] == settings["CapabilityBoundingSet"] == "CAP_NET_RAW"
    assert settings["ExecStart"].split() == [*HELD, "/usr/local/bin/netlite", "exporter", "$NETLITE_EXPORTER_OPTIONS"]
    example = re.search(r'NETLITE_EXPORTER_OPTIONS="(.*?)"', unit())[1]
    assert parse("exporter", shlex.split(example)).allow == ("192.0.2.0/24",)


def test_the_container_starts_the_exporter():
    text = (SHIPPED / "Dockerfile").read_text()
    assert re.search(r"^FROM python:3\.\d+-slim$", text, re.M) and re.search(r"^USER \d+:\d+$", text, re.M)
    words = json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.M)[1])
    assert words[:2] == ["netlite", "exporter"] and parse("exporter", words[2:]).listen == (("0.0.0.0", 9427),)


def documents() -> list[dict]:
    return list(yaml.safe_load_all((SHIPPED / "daemonset.yaml").read_text()))


def test_the_daemon_set():
    found = {document["kind"]: document for document in documents()}
    pod = found["DaemonSet"]["spec"]["template"]
    assert pod["metadata"]["labels"].items() >= found["DaemonSet"]["spec"]["selector"]["matchLabels"].items()
    container = pod["spec"]["containers"][0]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"], "add": ["NET_RAW"]}
    assert container["command"] == ["netlite", "exporter"]
    options = parse("exporter", [word.replace("$(HOST_ADDRESS)", "192.0.2.9") for word in container["args"]])
    mount, volume = container["volumeMounts"][0], pod["spec"]["volumes"][0]
    assert mount["name"] == volume["name"] and volume["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"]
    assert options.files == (("file-sd", f"{mount['mountPath']}/{next(iter(found['ConfigMap']['data']))}"),)
    assert options.listen[0][1] == container["ports"][0]["containerPort"]


def test_the_daemon_set_keeps_kubernetes_schema():
    validate = pytest.importorskip("kubernetes_validate")
    for document in documents():
        validate.validate(document, validate.latest_version(), strict=True)


@needs_promtool
@pytest.mark.parametrize("file", ["targets.json", "a 'b' \"c\".json"])
def test_promtool_understands_the_scrape_configuration(tmp_path, file):
    (tmp_path / file).write_text(sd.discovery([sd.Vantage("a", "192.0.2.1:9427")], ["x"], ["icmp"]))
    (tmp_path / "prometheus.yml").write_text(sd.CONFIG.format(file=json.dumps(file), agent=sd.AGENT))
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml", cwd=tmp_path)


def test_the_modules_of_both_programs_are_the_same():
    assert set(sd.MODULES) == set(MODULES)


def test_the_page_names_all_metrics_modules_and_options():
    assert [name for name in METRICS if f"``{name}``" not in PAGE] == []
    assert [name for name in MODULES if f"``{name}``" not in PAGE] == []
    listed = {name for names, _, _ in OWN["exporter"] for name in names.split()}
    assert {f"--{name}" for name, _, _ in LONG} <= listed
    assert [name for name in listed if name.startswith("--") and f"``{name}" not in PAGE and name not in ("--help", "--explain=")] == []


def test_what_the_page_says_of_defaults_is_so():
    options = Options()
    for name, value in (("--rate", f"{options.rate:g}"), ("--probes", options.at_once), ("--queue", options.queue),
                        ("--connections", options.connections), ("--patience", f"{options.patience_s:g}"),
                        ("--timeout-offset", f"{options.offset_s:g}"), ("--trace-interval", f"{options.trace_s:g}")):
        assert re.search(rf"``{name} [^`]*``[^|]*?\({value}\)", PAGE), name
