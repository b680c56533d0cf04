# %% [markdown] lang="zh"
# # 这些回答靠得住吗？
#
# **90 分钟** · 适用：论文、研究、质量 · 必修（因子与一致性两节选修）
#
# 有人一路打满分，有人来回画锯齿，有人写一句“没意见”就交卷。即使人人认真，几道题加起来的总分里也有一部分是噪声。
# 这一课先找出不认真的作答，再给总分算信度，最后看指数在多大程度上取决于我们自己的处理。
#
# **学完这一课，你能够**
#
# - **识别**不认真作答，说清漏掉多少、错怪多少（练习 05.1）
# - **计算**克朗巴哈 α 系数（练习 05.2）
# - **推算**量表要加到几道题（练习 05.3）
# - **判断**题项是否合成一个因子（练习 05.4，选修）
# - **检验**自己的量表（练习 05.5）
#
# ## 准备

# %% [markdown] lang="en"
# # Can we trust the answers?
#
# **90 minutes** · tracks: thesis (论文), research (研究), quality (质量) · required (the parts on factors and on
# agreement are optional)
#
# One person ticks the same number all the way down, another writes "no comment". Even where everybody is careful, a
# part of every sum is noise. This lesson finds careless answers, measures how much of a sum is not noise, and asks how
# far an index hangs on our decisions.
#
# **You will be able to**
#
# - **detect** careless answers, and say how many are missed and how many wronged (exercise 05.1)
# - **compute** Cronbach's alpha (exercise 05.2)
# - **plan** how many items a scale needs (exercise 05.3)
# - **judge** whether items form one factor (exercise 05.4, optional)
# - **examine** a scale of your own (exercise 05.5)
#
# ## Set-up

# %%
import numpy as np
import pandas as pd

import csi

csi.use_language("en")
pd.set_option("display.float_format", "{:.3f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# `mobile` 是模拟的四家运营商，其中有意种进了一批不认真的人，编号记在编码簿的真值里；后面才拿出来对答案。
# 先看各个潜变量（construct）由几道题测量，再看缺了什么：

# %% [markdown] lang="en"
# ## The data
#
# `mobile` is simulated, and careless people were planted in it; the codebook knows who they are, and we look that up
# later. First, which items measure which construct (潜变量), then what is missing:

# %%
mobile = csi.load_sample("mobile")
book = mobile.codebook
names = {one.name: csi.language.pick(one.text) for one in csi.load_model("ECSI_2005").constructs}
rows = [(name, names[name], ", ".join(items), ", ".join(i for i in items if book.items[i].reversed))
        for name, items in book.constructs().items()]  # fmt: skip
pd.DataFrame(rows, columns=["construct", "name", "items", "reversed"])

# %%
csi.plot_missing(mobile)

# %% [markdown] lang="zh"
# 下图一行一位受访者：整列同色，是没有问或看不懂的题；整行同色，是中途放弃的人。右边一条接近满格，是从头到尾一个分。
# 哪些题一起缺，数一数就知道：

# %% [markdown] lang="en"
# Below, a line is a respondent: a column of one colour was not asked or not understood, a line of one colour broke
# off. On the right, a full bar is one rating from top to bottom. Which items are missing together:

# %%
signs = csi.check_responses(mobile)
signs.tidy("missing_patterns").head(5)[["term", "estimate", "n"]]

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 五个人各答六道题，十分制，第三题是反向题（出错的频率），数字大反而不好。谁没有认真看题？

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five people, six items from one to ten; the third is reversed (how often do things go wrong?): there a high number is
# bad. Who did not read the questions?

# %%
five = pd.DataFrame({"q1": [8, 9, 2, 4, 3], "q2": [7, 9, 9, 9, 4], "q3": [3, 9, 2, 8, 9], "q4": [8, 9, 9, 1, 2],
                     "q5": [9, 9, 2, 6, 4], "q6": [7, 9, 9, 10, 3]})  # fmt: skip
five.index = ["careful", "straight", "zigzag", "random", "unhappy"]
turned = five.assign(q3=11 - five["q3"])
five["seconds"] = [62, 9, 11, 40, 58]
five["fast"] = five["seconds"] / five["seconds"].median() < 1 / 3
five["spread"], five["spread, turned"] = five.loc[:, "q1":"q6"].std(axis=1), turned.std(axis=1)
five

# %% [markdown] lang="zh"
# | 迹象 | 抓住谁 |
# |---|---|
# | 直线、同一评分、离散程度 | 一路一个分 |
# | 锯齿 | 来回两个分 |
# | 马氏距离、奇偶一致性 | 乱答 |
# | 用时 | 没来得及读题 |
# | 默许倾向 | 正反两面都同意 |
# | 敷衍的文字 | 没意见、很好 |
#
# 反向题是试金石：真满意的人，反向题会打低分。一种迹象只够起疑，**标记是提问，不是判决**：
# 满意的人也会打很多相同的高分，忙人本来就快。

# %% [markdown] lang="en"
# | sign | catches |
# |---|---|
# | straight-lining (直线作答), one rating, spread | the same number all the way |
# | zigzag (锯齿) | to and fro |
# | Mahalanobis distance (马氏距离), even-odd | random answers |
# | time (用时) | no time to read |
# | acquiescence (默许倾向) | agrees both ways |
# | perfunctory words (敷衍) | "no comment", "very good" |
#
# Reversed items are the touchstone: who is really content rates them low. One sign is a suspicion; **a flag is a
# question, not a verdict**: content people give many equal ratings, and busy people are fast.

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 人都认真时，还要问：几道题加成总分，总分里有多少不是噪声？
# 题项若在测同一样东西，就会同高同低，总分的方差便大于各题方差之和：
#
# $$\alpha = \frac{k}{k-1}\left(1 - \frac{\sum_j s_j^2}{s_{\text{sum}}^2}\right)$$
#
# 这就是克朗巴哈 α 系数（Cronbach's alpha）。标准化的 α 先把各题化成同样的方差，只看平均相关。
# 用 `tiny` 的三道满意题来算：

# %% [markdown] lang="en"
# ## By hand
#
# When everybody is careful: how much of a sum of items is not noise? Items that measure the same thing rise and fall
# together, so the variance of the sum exceeds the sum of variances:
#
# $$\alpha = \frac{k}{k-1}\left(1 - \frac{\sum_j s_j^2}{s_{\text{sum}}^2}\right)$$
#
# This is Cronbach's alpha (克朗巴哈 α 系数). Standardised alpha gives all items one variance first and hangs on their
# mean correlation alone. The three satisfaction items of `tiny`:

# %%
tiny = csi.load_sample("tiny")
x = tiny.answers[["s1", "s2", "s3"]]
k = x.shape[1]
raw = k / (k - 1) * (1 - x.var().sum() / x.sum(axis=1).var())
r = x.corr().to_numpy()[np.triu_indices(k, 1)].mean()
standardised = k * r / (1 + (k - 1) * r)
rest = {name: x[name].corr(x.drop(columns=name).sum(axis=1)) for name in x}
pd.Series({"alpha": raw, "mean correlation": r, "standardised": standardised, **rest})

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.check_reliability` 给出同样的数，并且带上区间：十二个人算出的 α，哪怕很高，也相当不确定。

# %% [markdown] lang="en"
# ## With csi
#
# `csi.check_reliability` gives the same numbers, with intervals: an alpha of twelve people, however high, is far from
# sure.

# %%
small = csi.check_reliability(tiny, ["s1", "s2", "s3"])
assert np.isclose(float(small.value("s1-s3", "alpha")), raw)
assert np.isclose(float(small.value("s1-s3", "alpha_standardized")), standardised)
assert np.allclose(small.tidy("items").query("kind == 'item_rest'")["estimate"], list(rest.values()))
small

# %%
scales = csi.check_reliability(mobile)
csi.plot_estimates(scales, where={"term": "alpha"}, target=0.7, labels=names)

# %% [markdown] lang="zh"
# 虚线是常用的门槛。两个潜变量差得远，原因要到题项里去找：

# %% [markdown] lang="en"
# The dashed line is the usual rule. Two constructs fall far short; the reasons lie in their items:

# %%
loyal = scales.tidy("items").query("construct in ['Complaints', 'Loyalty']")
wide = loyal.pivot(index=["construct", "item"], columns="kind", values="estimate")
wide = wide[["item_rest", "alpha_dropped"]].reset_index()
wide["sd"] = [mobile.answers[item].std() for item in wide["item"]]
terms = scales.tidy().pivot(index="construct", columns="term", values="estimate")
wide.join(terms[["alpha", "alpha_standardized"]], on="construct")

# %% [markdown] lang="zh"
# - 忠诚：`loyal_price` 问涨价百分之几还会留下，标准差比别的题大几倍，独霸了总分。标准化 α 让各题平起平坐，就高得多。
#   要相加，先统一量表（比如化为 0 到 1）。
# - 抱怨：`complained` 是有没有投诉过，另一题问处理得好不好；二者本来就不是同一样东西的两次测量，α 为负，
#   这时 α 根本不该算。
#
# “删除后的 α”只是线索：为了 α 删题，会把概念越删越窄。

# %% [markdown] lang="en"
# - Loyalty: `loyal_price` asks what rise in price one would bear, in per cent; its standard deviation is several times
#   that of the others, and it rules the sum. Standardised alpha treats all alike. Bring items to one scale before
#   adding.
# - Complaints: one item asks whether somebody complained, the other how well it was handled. These are no two
#   measurements of one thing, alpha is negative, and should not have been asked for.
#
# "Alpha if dropped" is a hint: items dropped for alpha's sake make the concept narrower.

# %% [markdown] lang="zh"
# ### 谁不认真？
#
# `csi.check_responses` 逐人逐项看迹象，**只标记，不删人**：

# %% [markdown] lang="en"
# ### Who was careless?
#
# `csi.check_responses` looks at every person and every sign; it **flags, and drops nobody**:

# %%
csi.plot_estimates(signs)

# %% [markdown] lang="zh"
# 种进去的有三种人：一路直线、来回锯齿、随机乱答。取几个标记才算数？灵敏度（sensitivity）是找到的比例，
# 总的和分种类的都算；错怪（false alarm）是被标记的认真者：

# %% [markdown] lang="en"
# Three kinds were planted: straight lines, zigzags, random answers. How many flags make a case? Sensitivity (灵敏度)
# is the share of them found, in all and by kind; false alarms (错怪) are careful people who were flagged:

# %%
flags = signs.scores()["n_flags"].to_numpy()
planted = book.truth["careless"]["rows"]
kind = mobile.answers["id"].map({person: name for name, people in planted.items() for person in people})
careless = kind.notna().to_numpy()
rows = {least: {"flagged": (flags >= least).sum(), "false alarms": (flags[~careless] >= least).sum(),
                "sensitivity": (flags[careless] >= least).mean(), **pd.Series(flags >= least).groupby(kind).mean()}
        for least in (1, 2, 3)}  # fmt: skip
pd.DataFrame(rows).T.rename_axis("at least")

# %% [markdown] lang="zh"
# 一个标记就算，一个不漏，但错怪了不少人；要三个，几乎抓不到乱答的；两个最划算。真实调查没有答案可对，
# 所以要翻看被标记的行，再**带着和不带着他们各算一遍**，剔除用 `survey.keep`，自己写明：

# %% [markdown] lang="en"
# One flag misses nobody and wrongs many; three hardly ever catch random answers; two are the best bargain here. Real
# surveys have no key, so look at the rows, and **compute with and without them**; `survey.keep` leaves people out, in
# your own words:

# %%
kept = mobile.keep(flags < 2)
rows = {}
for label, survey in (("with", mobile), ("without", kept)):
    alpha = csi.check_reliability(survey, {"Quality": list(book.constructs()["Quality"])}).value("Quality", "alpha")
    mean = csi.score_mean(survey, "sat_overall").value("sat_overall")
    rows[label] = (len(survey), float(alpha), float(mean), mean.lower, mean.upper)
truth = 100 * (book.truth["index"]["item_means"]["sat_overall"] - 1) / 9
rows["truth"] = (np.nan, np.nan, truth, np.nan, np.nan)
pd.DataFrame(rows, index=["n", "alpha of Quality", "mean of sat_overall", "lower", "upper"]).T

# %% [markdown] lang="zh"
# 均值只动了一点，比区间的一半还小；真值两次都在区间里。α 略有上升，因为乱答的人拉低了相关。
#
# ### “没意见”“很好”
#
# 树脂企业的客户答卷里，有些备注等于没写。他们给的评分、真实的满意度（真值）和后来有没有流失：

# %% [markdown] lang="en"
# The mean moves by less than half its interval, and the truth lies in both. Alpha rises a little: random answers lower
# correlations.
#
# ### Answers that say nothing
#
# Some customers of the resin maker wrote "no comment" (没意见) or "very good" (很好), and no more. Their ratings, how
# satisfied their firms really were (the truth), and which share of them left later:

# %%
resin = csi.load_sample("pvc_customers")
about = csi.check_responses(resin).scores()
left = csi.load_sample("pvc_visits").answers.astype({"firm": str}).set_index("firm")["left"].astype(float)
firm = resin.answers["firm"].astype(str)
truth = firm.map(resin.codebook.truth["satisfaction"]["firm"])
people = pd.DataFrame({"quality": resin.answers["quality"], "truth": truth, "left": firm.map(left)})
people["one rating"], people["n"] = about["straight_flag"], 1
people["remark"] = np.where(about["perfunctory_flag"], "says nothing", "says something")
people.loc[resin.answers["remark"].isna(), "remark"] = "none"
groups = people.dropna(subset="quality").groupby("remark")
groups[["quality", "truth", "left", "one rating"]].mean().join(groups["n"].sum())

# %% [markdown] lang="zh"
# 评分最高的一组，真实满意度反而最低，流失也更多：敷衍不是没有意见，可能意见更大。这组人少，流失之差未必不是偶然；
# 真值却是种下去的。企业的做法是把这类问卷打折计入，第 04 课会用到；更好的做法是上门再问。
#
# 也别单凭一句话定罪：看“全部同分”那一列，有人写“没意见”，各题却答得仔细。
#
# ## 读懂结果
#
# ### 指数有多少取决于我们的处理？
#
# 缺失怎么办、加不加权、被标记的人留不留，都是决定。`csi.compare_specifications` 把组合全部算一遍：

# %% [markdown] lang="en"
# The group with the highest ratings is the least satisfied one, and loses more customers: who says nothing may have
# most to say. The group is small, so the difference in leaving may be chance; the truth was planted. The firm counts
# such questionnaires at a discount (lesson 04); asking again in person is better.
#
# Nor should words alone convict: the column "one rating" shows that some wrote "no comment" and rated with care.
#
# ## Read it
#
# ### How far does the index hang on our decisions?
#
# What to do about missing answers, weights, flagged people: these are decisions. `csi.compare_specifications` takes
# all combinations:

# %%
many = csi.compare_specifications(mobile, "Satisfaction ~ Quality; Loyalty ~ Satisfaction", target="Satisfaction",
                                  scheme=["path"], n_boot=100)  # fmt: skip
many.tidy("decisions")[["kind", "term", "estimate", "lower", "upper"]]

# %%
csi.plot_specifications(many)

# %% [markdown] lang="zh"
# 影响最大的是加权，而它恰恰不是可以随意选的：有意多抽的人，必须用权数还回去。标记的人留或不留，相差不到一分；
# 其余更小。论文里写明用了哪一种、为什么，附上这张图，胜过一句“数据质量良好”。
#
# ### α 没有说什么
#
# α 高，不等于题项只测一样东西。`hotel` 的感知题分属五个维度，放在一起：

# %% [markdown] lang="en"
# Weights move it most, and they are no matter of taste: what was over-sampled must be given back. Keeping or leaving
# out the flagged moves it by less than a point, the rest by less still. Say which you took and why, and show this
# picture.
#
# ### What alpha does not say
#
# A high alpha does not mean that items measure one thing. The perceptions of `hotel` belong to five dimensions; all
# together:

# %%
hotel = csi.load_sample("hotel")
perceived = [f"p{number:02d}" for number in range(1, 23)]
whole = csi.check_reliability(hotel, {"perceived quality": perceived}, inference="none")
whole.tidy()[["term", "estimate", "n"]]

# %% [markdown] lang="zh"
# α 很高，只因题多。分层 ω（omega hierarchical）只算共同的那个因子，就低得多。另外：
#
# - α 不说测对了没有（效度），一台总慢十分钟的钟也很“可靠”；
# - 各题载荷不等时，α 偏低，ω 更合适；
# - α 过高，往往是同一句话换个说法问了几遍。

# %% [markdown] lang="en"
# Alpha is high because there are many items. Omega hierarchical (分层 ω) counts only what all items share, and is far
# lower. Besides:
#
# - alpha does not say whether the right thing was measured (validity, 效度): a clock that is always late is reliable;
# - where loadings differ, alpha is too low, and omega (ω 系数) fits better;
# - a very high alpha often means one question asked in several ways.

# %% [markdown] lang="zh"
# ### 几个因子？（选修）
#
# 先看题项之间够不够相关（KMO），再做探索性因子分析（EFA）。平行分析（parallel analysis）保留大于随机数据的特征值，
# MAP 看剩余相关何时最小：

# %% [markdown] lang="en"
# ### How many factors? (optional)
#
# First whether the items share enough (KMO), then exploratory factor analysis (探索性因子分析). Parallel analysis
# (平行分析) keeps eigenvalues larger than those of random data, MAP looks where leftover correlation is least:

# %%
share = csi.check_factorability(hotel, perceived, inference="none")
factors = csi.fit_factors(hotel, perceived)
values = factors.tidy("eigenvalues").query("kind == 'component'")["estimate"].to_numpy()[:7]
chance = factors.tidy("parallel").query("kind == 'component' and term == 'chance_limit'")["estimate"].to_numpy()[:7]
minimum = factors.tidy("map")["estimate"].to_numpy()[1:8]
pd.DataFrame({"eigenvalue": values, "chance": chance, "MAP": minimum}, index=pd.Index(range(1, 8), name="factor"))

# %%
loadings = factors.tidy("loadings").pivot(index="item", columns="factor", values="estimate")
owner = pd.Series({item: hotel.codebook.items[item].construct for item in loadings.index}, name="dimension")
loadings.abs().groupby(owner).mean()

# %%
csi.plot_estimates(factors, where={"factor": "F1"}, target=0.3)

# %% [markdown] lang="zh"
# 两种办法都说五个，每个维度各占一个因子；图里是第一个因子的载荷，其余题项都贴着零。
#
# 服务质量理论分技术性质量（得到什么）与功能性质量（怎样得到），会不会只是两个因子？逼它只取两个，看剩下多少没有解释：

# %% [markdown] lang="en"
# Both say five, one for each dimension; the picture shows the loadings on the first factor, all other items close to
# zero.
#
# Theory knows technical quality (技术性质量, what one gets) and functional quality (功能性质量, how one gets it). Are
# two factors enough? Force two, and see what is left unexplained:

# %%
two = csi.fit_factors(hotel, perceived, n_factors=2, n_boot=0)
left_over = {f"{n} factors": fit.tidy("fit").set_index("term")["estimate"] for n, fit in {2: two, 5: factors}.items()}
first = {term: share.value(term) for term in ("kmo", "harman_share")}
pd.concat([pd.DataFrame(left_over).loc[["rmsr", "rmsea", "tli"]], pd.DataFrame({"items": first}, dtype=float)])

# %% [markdown] lang="zh"
# 两个因子远远不够。上表的 Harman 占比（`harman_share`）是第一特征值所占的比例，
# 常用来查共同方法偏差（common method bias）；不到一半并**不能证明**没有偏差，只是没有大得一望而知。
#
# ### 评的人一致吗？（选修）
#
# 两位编码员给十条意见归类，三位神秘顾客给六家门店打分：

# %% [markdown] lang="en"
# Two are far from enough. Harman's share (`harman_share`) is that of the first eigenvalue, a common look at common
# method bias (共同方法偏差); less than half **proves nothing**, it only means that no bias leaps to the eye.
#
# ### Do raters agree? (optional)
#
# Two coders sort ten comments; three mystery shoppers rate six shops:

# %%
coded = csi.Survey.from_frame({"coder1": list("ppqqsspqsp"), "coder2": list("ppqqsspssq")}, name="comments")
shops = csi.Survey.from_frame({"li": [9, 6, 8, 7, 10, 6], "wang": [7, 4, 7, 4, 8, 5], "zhao": [8, 6, 8, 5, 9, 6]})
agreed = csi.score_agreement(coded, ["coder1", "coder2"]).tidy().query("term == ['percent_agreement', 'fleiss_kappa']")
judged = csi.fit_icc(shops, ["li", "wang", "zhao"]).tidy().query("kind == ['icc2', 'icc3', 'icc2k']")
pd.concat([agreed, judged.rename(columns={"kind": "term"})])[["term", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# kappa 扣除了碰巧一致；`icc3` 不计较各人手松手紧，`icc2` 计较，`icc2k` 是三人均值的信度。
#
# ## 查一查
#
# 故意弄坏两条假定。一，反向题忘了转向；二，掺进一路直线的人，看有反向题和没有反向题的 α 各怎样变：

# %% [markdown] lang="en"
# Kappa takes off chance agreement; `icc3` forgives raters who are strict throughout, `icc2` does not, `icc2k` is the
# reliability of the mean of three.
#
# ## Check it
#
# Break two assumptions. First leave the reversed item as asked; then mix in straight-liners, and watch alpha with and
# without the reversed item:


# %%
def alpha(x):
    k = x.shape[1]
    return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))


quality = list(book.constructs()["Quality"])
known = ~np.isnan(kept.matrix(quality)).any(axis=1)
right, as_asked = kept.matrix(quality)[known], kept.answers[quality].to_numpy(float)[known]
pd.Series({"turned round": alpha(right), "as asked": alpha(as_asked)}).to_frame("alpha")

# %%
rng = np.random.default_rng(5)
alike, rows = [item != "quality_wrong" for item in quality], {}
for part in (0.0, 0.05, 0.1, 0.2, 0.4):
    one = rng.integers(1, 11, (round(part / (1 - part) * len(right)), 1))
    mixed = np.vstack([right, np.where(alike, one, 11 - one)])  # one rating throughout; the reversed item turned
    rows[part] = (alpha(mixed[:, alike]), alpha(mixed))
pd.DataFrame(rows, index=["all worded alike", "with a reversed item"]).T.rename_axis("straight-liners")

# %% [markdown] lang="zh"
# 忘了转向，α 大跌；反过来，题目全是一个方向时，**越多人不看题，α 越漂亮**：一路直线的人各题完全相关。
# 所以 α 高不能证明人认真；有一道反向题，这种虚高就小得多。
#
# ## 练习
#
# **05.1 重做** 只看用时：所用秒数不到全体中位数三分之一的，就算不认真。种下的不认真者中，找到的比例是多少（0 到 1）？

# %% [markdown] lang="en"
# Left as asked, alpha drops. And where all items point one way, **the more people do not read, the finer alpha
# looks**: their items correlate perfectly. A high alpha does not prove care; one reversed item keeps this in check.
#
# ## Exercises
#
# **05.1 Repeat** Time alone: careless is who took less than a third of the median seconds. What share of the planted
# careless people is found (0 to 1)?

# %%
answer = ...
csi.course.check("05.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("05.1", signs.scores()["fast_flag"].to_numpy()[careless].mean())

# %% [markdown] lang="zh"
# **05.2 重做** 只用 `Expectation` 的三道题（`expect_overall`、`expect_needs`、`expect_wrong`）：α 是多少？
# 用编码簿里的权数，不要标准化。

# %% [markdown] lang="en"
# **05.2 Repeat** Take the three items of `Expectation` alone (`expect_overall`, `expect_needs`, `expect_wrong`). What
# is alpha, raw, with the weights of the codebook?

# %%
answer = ...
csi.course.check("05.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
three = list(book.constructs()["Expectation"])
expectation = csi.check_reliability(mobile, {"Expectation": three}).value("Expectation", "alpha")
csi.course.check("05.2", expectation)

# %% [markdown] lang="zh"
# **05.3 变一变** 题数变为原来的 $m$ 倍，α 变为 $m\alpha/(1+(m-1)\alpha)$（斯皮尔曼—布朗公式）。
# 要让 `Expectation` 的 α 达到 `0.9`，同样的题总共至少要几道？

# %% [markdown] lang="en"
# **05.3 Vary** With $m$ times as many items alpha becomes $m\alpha/(1+(m-1)\alpha)$ (Spearman and Brown). How many
# such items, in all, does `Expectation` need at least for an alpha of `0.9`?

# %%
answer = ...
csi.course.check("05.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
times = 0.9 * (1 - float(expectation)) / (float(expectation) * (1 - 0.9))
csi.course.check("05.3", int(np.ceil(3 * times)))

# %% [markdown] lang="zh"
# **05.4 变一变（选修）** `hotel` 的期望题 `e01` 到 `e22`：第一特征值占多大比例（Harman，0 到 1）？

# %% [markdown] lang="en"
# **05.4 Vary (optional)** The expectations `e01` to `e22` of `hotel`: what share has the first eigenvalue (Harman, 0
# to 1)?

# %%
answer = ...
csi.course.check("05.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
expected = [name.replace("p", "e") for name in perceived]
csi.course.check("05.4", csi.check_factorability(hotel, expected).value("harman_share"))

# %% [markdown] lang="zh"
# **05.5 用自己的数据** 选一个你相加过的量表，提交 `csi.check_reliability` 的结果。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **05.5 Your own data** Hand in `csi.check_reliability` of a scale that you add up. No data? Take a part of the
# sample.

# %%
answer = ...
csi.course.check("05.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
coral = mobile.answers.query("operator == 'Coral'")
own = csi.Survey.from_frame(coral, book, name="coral")
csi.course.check("05.5", csi.check_reliability(own, ["sat_overall", "sat_expectations", "sat_ideal"]))

# %% [markdown] lang="zh"
# ## 要点
#
# - 标记是提问：翻看原始行，带着和不带着各算一遍，剔除了谁、为什么，都写出来。
# - “没意见”“很好”不等于满意，最该回访的往往是他们。
# - α 说的是总分里有多少不是噪声，不说是不是一样东西，更不说是不是对的东西。
# - 相加之前先统一量表、转正反向题；量表要有反向题。
# - 指数取决于哪个决定，要亮出来，而不是藏起来。
#
# ## 参考文献

# %% [markdown] lang="en"
# ## Key points
#
# - A flag is a question: look at the rows, compute with and without, and write down who was left out and why.
# - "No comment" is not content; often these are the customers to call.
# - Alpha says how much of a sum is not noise; not whether it is one thing, nor whether it is the right thing.
# - Bring items to one scale and turn reversed ones round before adding; and have some reversed ones.
# - Show which decision the index hangs on, rather than hide it.
#
# ## References

# %%
print(signs.cite(), scales.cite(), factors.cite(), many.cite(), sep="\n")
