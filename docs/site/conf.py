"""How Sphinx makes the pages; packaging/pages.py (``make docs``) copies this folder beside them."""

from netlite import __version__

project = "netlite"
release = version = __version__
extensions = ["sphinx.ext.doctest"]
html_theme = "alabaster"
templates_path = ["site"]
html_static_path = ["site/site.css"]
html_css_files = ["site.css"]
html_copy_source = html_show_copyright = html_use_index = False
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
sans = "system-ui, 'DejaVu Sans', Verdana, sans-serif"
html_theme_options = {"description": "Networks, shown and explained", "page_width": "66em", "sidebar_width": "14em",
                      "font_family": sans, "head_font_family": sans, "font_size": "16px",
                      "show_powered_by": False}
exclude_patterns = ["site"]
highlight_language = "none"
default_role = "literal"
smartquotes = False
doctest_test_doctest_blocks = "default"
doctest_global_setup = "import netlite\nfrom netlite import *"
nitpicky = True
