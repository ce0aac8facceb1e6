"""The site's own Markdown extensions, page macros and checks; it imports no lesson."""
