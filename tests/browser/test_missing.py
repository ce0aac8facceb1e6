"""The page for a wrong address finds the course, wherever on a host it is served."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import built
import pytest


class _Host(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def send_error(self, code, *_):
        """Answer as a host of static sites does."""
        body = (built.SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.mark.parametrize("below", ["", "sub/course/"])
def test_a_wrong_address_leads_to_the_front_page(browser, tmp_path, below):
    place = tmp_path / below
    (place / "assets" / "css").mkdir(parents=True)
    shutil.copy(built.SITE / "assets" / "css" / "course.css", place / "assets" / "css")
    (place / "index.html").write_text("<title>front</title>", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tab, asked = browser.new_page(), []
    tab.on("request", lambda request: asked.append(request) if request.method != "HEAD" else None)
    try:
        tab.goto(f"http://127.0.0.1:{server.server_port}/{below}lessons/nothing/here/")
        assert len(asked) == 1, [request.url for request in asked]
        tab.get_by_role("link", name="front page").wait_for()
        links = tab.eval_on_selector_all("a[href]", "links => links.map(link => new URL(link.href).pathname)")
        heads = [page for page in built.read(built.SITE) if page.article and page.article.select(".post-head + p")]
        posts = {f"/{below}{page.url[1:]}": page.draft for page in heads if "/labs/" not in page.url}
        assert {post for post, draft in posts.items() if not draft} == set(links) & posts.keys()
        with tab.expect_navigation():
            tab.get_by_role("link", name="front page").click()
        assert tab.title() == "front"
    finally:
        tab.close()
        server.shutdown()
        server.server_close()
