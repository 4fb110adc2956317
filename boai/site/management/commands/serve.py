"""``boai serve``: the web server."""

from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from boai.ground.kit.commands import HouseCommand
from boai.site.startup import UnsafeToStart, refuse_unsafe_serving


class Command(HouseCommand):
    """Serves the site with granian; without it with Python's own server (local use only)."""

    help = "启动网站"
    gives_json = False

    def own_arguments(self, parser: CommandParser) -> None:
        """Where to listen, with how many hands."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.BOAI_PORT)
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--threads", type=int, default=4)

    def run_command(self, **options: Any) -> int | None:
        """Refuse unsafe settings, then serve until stopped."""
        try:
            refuse_unsafe_serving()
        except UnsafeToStart as unsafe:
            raise CommandError(str(unsafe), returncode=1) from unsafe
        host, port = options["host"], options["port"]
        self.say(f"博爱：http://{host}:{port}/")
        try:
            from granian import Granian
            from granian.constants import Interfaces
        except ImportError:
            self.serve_plainly(host, port)
            return None
        Granian(
            "boai.site.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            log_access=False,
        ).serve()
        return None

    def serve_plainly(self, host: str, port: int) -> None:
        """The fallback: one request at a time, never for production."""
        if settings.BOAI_MODE == "production":
            raise CommandError("缺少 granian，正式运行不能用后备服务器。", returncode=1)
        from boai.site.wsgi import application

        self.say("未安装 granian，改用后备服务器（仅限本机试用）。")
        with make_server(host, port, application, server_class=WSGIServer) as server:
            server.serve_forever()
