"""Make the pictures of the README and of docs/gallery.md from the bundled data: python tools/pictures.py [FOLDER]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import seaborn as sns

import csi

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
TREE = """product 50 产品质量
  quality 30 质量
  packaging 10 包装
  usability 10 使用方便性
process 20 购买过程
  reception 8 接待
  procedure 8 手续
  price_payment 10 价格与付款
service 30 相关服务
  transport 8 运输
  problem_handling 12 问题处理
  technical_support 10 技术支持"""


def readme(folder: Path) -> None:
    """The pictures of the README."""
    mobi = csi.fit_pls(csi.load_moments("mobi"), "ECSI_2005")
    operators = csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", by="operator")
    csi.plot_paths(mobi).savefig(folder / "paths_en.png", dpi=90)
    with csi.use_language("zh"):
        csi.plot_priorities(mobi, "Satisfaction").savefig(folder / "priorities_zh.png", dpi=90)
        csi.plot_index(operators, "Satisfaction").savefig(folder / "index_zh.png", dpi=90)


def seaborn_zh(folder: Path) -> None:
    """A figure of the user's own: seaborn on the left, a picture of csi in its look on the right, both in Chinese."""
    mobile = csi.load_sample("mobile")
    words = {"operator": "运营商", "sat_overall": "总体满意度（1—10 分）"}
    answers = mobile.answers.rename(columns=words)
    fit = csi.fit_pls(mobile, "ECSI_2005", by="operator")
    with plt.rc_context(), csi.use_language("zh"):
        sns.set_theme(style="whitegrid", palette="deep")
        csi.use_chinese_fonts()
        figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained")
        bars = {"multiple": "dodge", "discrete": True, "stat": "percent", "common_norm": False, "shrink": 0.8}
        sns.histplot(answers, x=words["sat_overall"], hue=words["operator"], ax=left, **bars)
        left.set_ylabel("占作答者的比例（%）")
        left.set_title("各运营商的总体满意度（seaborn）")
        csi.plot_index(fit, "Satisfaction", ax=right, theme=None)
        figure.savefig(folder / "seaborn_zh.png", dpi=80, metadata={"Software": None})
        plt.close(figure)


def gallery() -> dict[str, Callable[[], object]]:
    """Name of every picture to the call that draws it in the language of the moment."""
    mobile, hotel, app, firms = (csi.load_sample(name) for name in ("mobile", "hotel", "app_kano", "pvc_customers"))
    study = csi.analyse_survey(mobile, "ECSI_2005", by="operator", n_boot=1000)
    features = [[f"{side}{i:02d}" for i in range(1, 13)] for side in "fd"]
    kano = csi.score_kano(app, *features)
    pairs = [[f"{side}{i:02d}" for i in range(1, 23)] for side in "ep"]
    asked = [name for name, item in mobile.codebook.items.items() if item.construct in ("Quality", "Value", "Image")]
    quadrants = csi.score_quadrants(mobile, asked, outcome="sat_overall")
    tree = csi.IndicatorTree.parse(TREE)
    index = csi.score_index(firms, tree, policy="within_group")
    rates = csi.score_rate(mobile, ["sat_overall", "sat_expectations", "sat_ideal"], satisfied=8, by="operator")
    grocery, moved = csi.load_sample("drivers"), ["product", "assortment", "delivery", "price", "app", "extras"]
    asymmetry = csi.fit_asymmetry(grocery, "overall", moved, low=4, high=8)
    importance = csi.compare_importance(grocery, "overall", moved)
    theories = csi.fit_expectations(
        csi.load_sample("expectations"), "satisfaction", expectation="expectation", performance="performance"
    )
    decisions = csi.compare_specifications(mobile, "ECSI_2005", n_boot=200)
    return {
        "paths": lambda: csi.plot_paths(study),
        "index": lambda: csi.plot_index(study),
        "priorities": lambda: csi.plot_priorities(study),
        "loadings": lambda: csi.plot_loadings(study),
        "ratings": lambda: csi.plot_ratings(mobile, asked[:6]),
        "missing": lambda: csi.plot_missing(mobile),
        "estimates": lambda: csi.plot_estimates(rates, target=0.6),
        "nps": lambda: csi.plot_nps(csi.score_nps(mobile, "recommend", by="operator"), order="value"),
        "gaps": lambda: csi.plot_gaps(csi.score_servqual(hotel, *pairs), order="value"),
        "kano": lambda: csi.plot_kano(kano),
        "quadrants": lambda: csi.plot_quadrants(quadrants),
        "tree": lambda: csi.plot_tree(index, tree),
        "surface": lambda: csi.plot_surface(theories),
        "asymmetry": lambda: csi.plot_asymmetry(asymmetry),
        "importance": lambda: csi.plot_importance(importance),
        "specifications": lambda: csi.plot_specifications(decisions),
    }


def main(folder: Path) -> None:
    """Write every picture."""
    (folder / "gallery").mkdir(parents=True, exist_ok=True)
    readme(folder)
    seaborn_zh(folder)
    for name, draw in gallery().items():
        for language in ("en", "zh"):
            with csi.use_language(language):
                draw().savefig(folder / "gallery" / f"{name}_{language}.png", dpi=70)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
