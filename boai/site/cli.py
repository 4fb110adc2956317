"""The command line: ``boai <command>``, each a management command of the room that owns the act."""

import os
import sys
from collections.abc import Sequence
from typing import Any

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "建立或更新数据库"),
    "demo": ("demo", "装入演示数据（重复运行不改变任何东西）"),
    "serve": ("serve", "启动网站"),
    "worker": ("worker", "运行定时任务"),
    "import": ("import_files", "导入文件：boai import KIND FILE... --org CODE"),
    "gift": ("gift", "一笔捐赠"),
    "trace": ("trace", "一笔捐赠去了哪里；一笔支出、批次、运单背后是哪些捐赠"),
    "audit": ("audit", "逐条核对账目法则"),
    "figures": ("figures", "统计数字"),
    "report": ("report", "日报、工作报告"),
    "log": ("log", "透明日志：checkpoint、export、prove、witnesses、policy、recover"),
    "witness": ("", "为别人的透明日志作见证（不需要数据库）"),
    "bulletin": ("bulletin", "公示：bulletin derive NUMBER 由日志重新算出并逐字节比对"),
    "bench": ("bench", "性能测量"),
    "clock": ("clock", "系统时钟：看状态；clock confirm 由管理员确认时钟无误"),
    "backup": ("backup", "加密备份"),
    "restore": ("restore", "从备份恢复"),
    "manage": ("", "Django 管理命令"),
}
"""What ``boai`` understands: the management command behind each word, and its help."""

FINE, DOES_NOT_HOLD, WRONG_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0 fine, 1 does not hold, 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boai.site.settings")
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return FINE if words else WRONG_USAGE
    if words[0] in ("-V", "--version", "version"):
        from boai import __version__

        sys.stdout.write(f"boai {__version__}\n")
        return FINE
    if words[0] not in COMMANDS:
        sys.stderr.write(f"没有“{words[0]}”这个命令。\n\n{usage()}")
        return WRONG_USAGE
    return run(words[0], words[1:])


def usage() -> str:
    """The list of commands."""
    lines = [f"  {name:<9} {text}" for name, (_module, text) in COMMANDS.items()]
    return "用法：boai <命令> [参数]；boai <命令> --help 看详细说明\n\n" + "\n".join(lines) + "\n"


def run(word: str, arguments: list[str]) -> int:
    """Set up Django and hand over to the management command."""
    if word == "witness":
        # Runs beside other people's logs, on machines that have no database and no settings.
        from boai.ground.merkle import witness

        return witness.main(arguments)
    import django
    from django.core.management import execute_from_command_line, get_commands, load_command_class

    django.setup()
    if word == "manage":
        return _ended(lambda: execute_from_command_line(["boai manage", *arguments]))
    module = COMMANDS[word][0]
    owner: Any = get_commands().get(module)
    if owner is None:
        sys.stderr.write(f"boai {word}：此版本还没有这个命令（not available in this version）。\n")
        return WRONG_USAGE
    command = load_command_class(owner, module)
    return _ended(lambda: command.run_from_argv(["boai", word, *arguments]))


def _ended(act: Any) -> int:
    from boai.ground.core.errors import Refusal
    from boai.ground.kit.web.refusals import explain

    try:
        act()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
            return DOES_NOT_HOLD
        return int(end.code or FINE)
    except Refusal as refusal:
        sys.stderr.write(explain(refusal).sentence + "\n")
        return DOES_NOT_HOLD
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing more to say, and no trace of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return FINE
