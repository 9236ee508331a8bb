"""How Sphinx makes the pages; ``make docs`` copies this beside them (packaging/site.py)."""

from netlite import __version__

project = "netlite"
author = "The netlite developers"
release = version = __version__
extensions = ["sphinx.ext.doctest"]
root_doc = "index"
html_theme = "alabaster"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_theme_options = {"description": "networks, explained by the programs that look at them", "page_width": "62em",
                      "sidebar_width": "14em", "font_size": "16px", "fixed_sidebar": True, "show_powered_by": False,
                      "sidebar_collapse": True}
highlight_language = "none"
pygments_style = "default"
default_role = "literal"
doctest_test_doctest_blocks = "default"
doctest_global_setup = "import netlite\nfrom netlite import *"
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]
