"""Make the pictures of the README from the bundled data: python tools/pictures.py [FOLDER]."""

import sys
from pathlib import Path

import csi

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mobi = csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005")
    operators = csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", by="operator")
    csi.plot_paths(mobi).savefig(folder / "paths_en.png", dpi=90)
    with csi.use_language("zh"):
        csi.plot_priorities(mobi, "Satisfaction").savefig(folder / "priorities_zh.png", dpi=90)
        csi.plot_index(operators, "Satisfaction").savefig(folder / "index_zh.png", dpi=90)
        app = csi.load_sample("app_kano")
        features = [[f"{side}{i:02d}" for i in range(1, 13)] for side in "fd"]
        csi.plot_kano(csi.score_kano(app, *features)).savefig(folder / "kano_zh.png", dpi=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
