"""Makes the two fonts of the documents: ``python -m tools.fonts DIR``.

``DIR`` is the unpacked npm package ``@fontsource/noto-sans-sc`` (OFL-1.1). Its Chinese web fonts
are turned into TrueType, which typst embeds as small subsets; done once, the result is in git.
"""

import sys
from pathlib import Path

from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "boai" / "ground" / "kit" / "fonts"
WEIGHTS = {400: "Regular", 700: "Bold"}


def main(folder: str) -> None:
    """Write ``NotoSansSC-Regular.ttf``, ``NotoSansSC-Bold.ttf`` and the licence."""
    source = Path(folder)
    TARGET.mkdir(parents=True, exist_ok=True)
    for weight, style in WEIGHTS.items():
        name = f"noto-sans-sc-chinese-simplified-{weight}-normal.woff2"
        font = TTFont(source / "files" / name)
        font.flavor = None
        font.save(TARGET / f"NotoSansSC-{style}.ttf")
        print(style, len(font.getBestCmap()), "characters")
    (TARGET / "OFL.txt").write_text((source / "LICENSE").read_text())


if __name__ == "__main__":
    main(sys.argv[1])
