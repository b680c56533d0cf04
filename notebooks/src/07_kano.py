# %% [markdown] lang="zh"
# # 哪些功能让人惊喜，哪些做不好就让人恼火？
#
# **75 分钟** · 适用：质量、论文 · 必修
#
# 支付应用开屏有动画，没人因此满意；偶尔闪退一次，人人记得。顾客对功能的态度不是一条直线。
# Kano 模型用一正一反两个问题把功能分类，这一课还要问：**这个分类有多大把握？**
#
# **学完这一课，你能够**
#
# - **计算**一项功能的 worse 系数（练习 07.1）
# - **判断**哪些功能的类别分不清（练习 07.2）
# - **比较**两类用户的看法，并给出误差（练习 07.3）
# - **确定**要问多少人，类别才分得清（练习 07.4）
# - **分析**自己的数据（练习 07.5）
#
# ## 准备

# %% [markdown] lang="en"
# # Which features delight, and which are missed only when they fail?
#
# **75 minutes** · tracks: quality (质量), thesis (论文) · required
#
# Nobody loves a payment app for its animated start screen, and everybody remembers that it crashed once. What customers
# feel about a feature is not a straight line. Kano's pair of questions sorts features into classes; this lesson also
# asks **how sure a class is**.
#
# **You will be able to**
#
# - **compute** the worse coefficient of a feature (exercise 07.1)
# - **judge** which features could belong to two classes (exercise 07.2)
# - **compare** two kinds of users, with an error (exercise 07.3)
# - **plan** how many people it takes to tell classes apart (exercise 07.4)
# - **analyse** data of your own (exercise 07.5)
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
# `app_kano` 是一款支付应用的用户问卷，由程序按已知的真值生成：十二项功能，每项问三遍。`f` 开头的是正向题
# （具备时感觉如何），`d` 开头的是反向题（不具备时感觉如何），`i` 开头的是重要程度。

# %% [markdown] lang="en"
# ## The data
#
# `app_kano` holds answers of users of a payment app, simulated from known values: twelve features, three questions
# each. `f` is the functional question (正向题: how do you feel if it is there?), `d` the dysfunctional one (反向题: if
# it is not?), `i` asks how important it is.

# %%
app = csi.load_sample("app_kano")
book, truth = app.codebook, app.codebook.truth
numbers = [f"{k:02d}" for k in range(1, 13)]
F, D, STATED = (["fdi"[k] + number for number in numbers] for k in range(3))
say = csi.language.pick
names = {"f" + k: say(truth["labels"]["feature"][truth["features"][k]["feature"]]) for k in numbers}
pd.DataFrame({"f": [say(book.items[f].text) for f in F], "d": [say(book.items[d].text) for d in D]}, index=F)

# %%
csi.plot_ratings(app, ["f04", "d04", "f11", "d11", "f09", "d09"])

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 两题都有同样的五个答案：`1` 我很喜欢、`2` 理应如此、`3` 无所谓、`4` 勉强可以接受、`5` 我不喜欢。
# 这五个答案**不是从好到坏的量表**，不能求平均，只能成对地看。五位用户谈“离线付款码”：

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Both questions offer the same five answers: `1` I like it, `2` it must be that way, `3` I do not care, `4` I can live
# with it, `5` I dislike it. They are **no scale from good to bad**: do not average them, read them in pairs. Five users
# on "pay without network":

# %%
five = pd.DataFrame({"there": [1, 1, 2, 3, 5], "not there": [3, 5, 5, 3, 1]})
five["class"] = ["A", "O", "M", "I", "R"]
five

# %% [markdown] lang="zh"
# | 类别 | 有了 | 没有 |
# |---|---|---|
# | A 魅力（attractive） | 喜欢 | 不在意 |
# | O 期望、一元（one-dimensional） | 喜欢 | 不喜欢 |
# | M 必备（must-be） | 应该的 | 不喜欢 |
# | I 无差异（indifferent） | 不在意 | 不在意 |
# | R 反向（reverse） | 不喜欢 | 喜欢 |
# | Q 可疑（questionable） | 两题都“喜欢” | 或都“不喜欢” |
#
# 五行五列的评价表把每一对答案归入一类。通行的有两张：Berger 等人的表，以及 Pouliot 的表；
# 后者把两题都答“理应如此”或都答“勉强接受”算作可疑，其余相同。行是正向题，列是反向题：

# %% [markdown] lang="en"
# | class | when there | when not |
# |---|---|---|
# | A attractive (魅力) | like | do not mind |
# | O one-dimensional (期望) | like | dislike |
# | M must-be (必备) | as it should be | dislike |
# | I indifferent (无差异) | do not mind | do not mind |
# | R reverse (反向) | dislike | like |
# | Q questionable (可疑) | like twice | or dislike twice |
#
# A table of five rows and five columns sorts every pair of answers. Two are in use, by Berger and others and by
# Pouliot: the latter calls "must be" twice and "can live with it" twice questionable. Rows are the functional, columns
# the dysfunctional answer:

# %%
berger = pd.DataFrame([list(row) for row in ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")],
                      index=range(1, 6), columns=range(1, 6))  # fmt: skip
pouliot = berger.copy()
pouliot.loc[2, 2] = pouliot.loc[4, 4] = "Q"
assert [berger.loc[a, b] for a, b in zip(five["there"], five["not there"], strict=True)] == list(five["class"])
pd.concat({"berger": berger, "pouliot": pouliot}, axis=1)

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 逐人查表、逐类计数。功能的类别取人数最多的一类（众数），并列时按 M > O > A > I 取先者，因为做不好的代价更大。
# 再算两个系数（Timko），R 与 Q 不进分母：
#
# $$\text{better} = \frac{A+O}{A+O+M+I}, \qquad \text{worse} = -\frac{O+M}{A+O+M+I}$$
#
# better 说的是有了它能让多少人高兴，worse 说的是缺了它会让多少人恼火，负号只表示方向。

# %% [markdown] lang="en"
# ## By hand
#
# Look up every pair, count the classes. The class of a feature is the most frequent one; ties go to M > O > A > I,
# since failing costs more. Two coefficients follow (Timko), with R and Q outside:
#
# $$\text{better} = \frac{A+O}{A+O+M+I}, \qquad \text{worse} = -\frac{O+M}{A+O+M+I}$$
#
# Better is the share it would please when there, worse the share it would annoy when not; the minus sign only shows
# the direction.


# %%
def count_classes(answers, table=berger):
    rows = {}
    for f, d in zip(F, D, strict=True):
        both = answers[[f, d]].dropna().astype(int)
        found = pd.Series([table.loc[a, b] for a, b in both.to_numpy()])
        rows[f] = found.value_counts().reindex(list("MOAIRQ"), fill_value=0)
    return pd.DataFrame(rows).T


# %%
counts = count_classes(app.answers)
known = counts[["A", "O", "M", "I"]].sum(axis=1)
by_hand = counts.assign(better=(counts["A"] + counts["O"]) / known, worse=-(counts["O"] + counts["M"]) / known)
by_hand.assign(**{"class": counts.idxmax(axis=1), "feature": names})

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.score_kano` 认得编码簿里的答案标签，给每个比例和系数配上区间，抽样设计和权数也会用上：

# %% [markdown] lang="en"
# ## With csi
#
# `csi.score_kano` reads the labels of the answers in the codebook and gives every share and coefficient its interval;
# design and weights count.

# %%
kano = csi.score_kano(app, F, D, importance=STATED)
found = kano.tidy("better_worse").pivot(index="item", columns="term", values="estimate")
assert np.allclose(found, by_hand[["better", "worse"]])
kano

# %%
csi.plot_kano(kano, labels=names)

# %% [markdown] lang="zh"
# 横轴是缺了它的损失，纵轴是有了它的收获；椭圆是误差范围，真正的位置多半在里面，另一种颜色的功能类别还不确定。
# 右下是必备，做到就行，做不到不行；右上是期望，值得与对手比；左上是魅力；左下没人在意。
#
# ### 需求的三种说法，与双因素
#
# 顾客的需求分为明示的、通常隐含的、必须履行的。隐含的没人开口（应用当然不该闪退），
# 必须履行的由法规规定（隐私保护），两者多半落在**必备**；说得出口的多半是**期望**；
# 连顾客自己都没想到的，才是**魅力**。所以只看意见箱，最要紧的和最惊喜的都会漏掉。

# %% [markdown] lang="en"
# Across: what is lost when it is missing; up: what is won when it is there. The ellipses are errors: the true
# place is most likely inside. Features in the other colour have no certain class. Bottom right must work; top right is
# where to compete; top left delights; bottom left leaves people cold.
#
# ### Kinds of needs and two factors
#
# Needs are explicit (明示), implied (隐含) or obligatory (必须履行). Nobody voices an implied one (of course it does
# not crash), and the law sets obligatory ones (privacy): both are mostly **must-be**. What people ask for is mostly
# **one-dimensional**; what they never thought of is **attractive**. A suggestion box misses both the most important
# and the most delightful.

# %% [markdown] lang="zh"
# 第 01 课的双因素理论说：保健因素（hygiene factor）做不好就不满，激励因素（motivator）才带来满意。
# Kano 的两题正好分开问了这两件事：有了它，多少人“喜欢”？没有它，多少人“不喜欢”？

# %% [markdown] lang="en"
# Herzberg's two factors (lesson 01): a hygiene factor (保健因素) annoys when it fails, a motivator (激励因素) pleases.
# Kano's two questions ask for these two things apart: how many like it when it is there, how many dislike it when it
# is not?

# %%
some = ["f04", "f12", "f06", "f11", "f09"]
pleased = [(app.answers[f].dropna() == 1).mean() for f in some]
annoyed = [(app.answers[f.replace("f", "d")].dropna() == 5).mean() for f in some]
pd.DataFrame({"pleased when there": pleased, "annoyed when not": annoyed}, index=[names[f] for f in some])

# %% [markdown] lang="zh"
# “应用稳定”是典型的保健因素，“消费分析建议”是典型的激励因素，“启动迅速”两头都占。
#
# DuMouchel 把同一想法做成连续分数：越喜欢、越恼火，分越高，`2` 分为界；反向与可疑的回答不计。

# %% [markdown] lang="en"
# "The app keeps running" is a hygiene factor, "tips on spending" a motivator, "quick start" is both.
#
# DuMouchel turns the idea into continuous scores: the more it pleases or annoys, the higher, with lines at `2`; reverse
# and questionable pairs are left out.

# %%
csi.plot_kano(kano, scores="continuous", labels=names)

# %% [markdown] lang="zh"
# ## 读懂结果
#
# ### 类别没有标准误，有的是类别集合
#
# 众数只差一两个人也会翻转。所以 csi 给出**类别集合**：在给定置信水平上不能拒绝的所有类别；
# 另给**稳定性**（stability）：重抽样时选中这一类的比例。

# %% [markdown] lang="en"
# ## Read it
#
# ### A class has no standard error, but a set
#
# One or two people can turn the most frequent class into another. So csi gives the **label set** (类别集合): all
# classes that are not rejected at a level; and the **stability** (稳定性): how often replicates choose the class.

# %%
planted = {"f" + k: truth["features"][k]["category"] for k in numbers}
csi.list_labels(kano).assign(planted=lambda table: table["item"].map(planted), feature=lambda t: t["item"].map(names))

# %% [markdown] lang="zh"
# 与种下的真值对照：
#
# - `f05` 两步付款：真值里期望与必备**完全相等**。任何众数都会选一个，再多样本也一样；
# - `f07` 深色模式：真值是魅力，样本的众数却是无差异，而且稳定性不低。**只报众数就报错了**，类别集合里留着真值；
# - 其余功能只剩一类。
#
# 稳定性不是“这一类正确的概率”：它拿样本当总体。

# %% [markdown] lang="en"
# Against what was planted:
#
# - `f05`, two taps: one-dimensional and must-be are **exactly equal** in truth. Some class always wins, and a larger
#   sample does not help;
# - `f07`, dark mode: attractive in truth, indifferent in the sample, and rather stable at that. **The most frequent
#   class alone is wrong**; the set holds the truth;
# - the others have one class left.
#
# Stability is not the probability that a class is right: it takes the sample for the population.

# %% [markdown] lang="zh"
# ### 强度，与不同的规则
#
# Lee 与 Newcomb 的两个强度（转引）：**总强度** A + O + M，说的是多少人在意，惯例是 `0.60` 以上；
# **类别强度**是最多一类领先第二类多少，惯例是 `0.06` 以上。`check()` 逐条写明：

# %% [markdown] lang="en"
# ### Strength, and other rules
#
# Two measures of Lee and Newcomb (as quoted): **total strength** (总强度), A + O + M, says how many care, by convention
# at least `0.60`; **category strength** (类别强度) is the lead of the first class over the second, at least `0.06`.
# `check()` spells it out:

# %%
kano.check()[["check", "ok", "meaning"]]

# %%
rules = kano.tidy("category_rules").pivot(index="item", columns="term", values="kind")
rules[rules.nunique(axis=1) > 1].assign(feature=names)

# %% [markdown] lang="zh"
# 四条规则分歧的功能：有的本来就分不清（`f05`、`f07`），有的各有缘故：
#
# - `f10` 有声广告：多数人的回答是反向。better 与 worse 只看剩下的少数人，图上看着像“无差异”，其实是**惹人讨厌**；
# - `f08` 新手引导：两种人混在一起，下面分开看；
# - `f12` 隐私设置：分数刚过线，离众数不远。
#
# 论文里先写定一条规则，再看数据，不要反过来。

# %% [markdown] lang="en"
# Where the four rules disagree, some features cannot be told anyway (`f05`, `f07`); the others have their reasons:
#
# - `f10`, advertisements with sound: most answers are reverse. Better and worse look at the few that are left, so the
#   map says "indifferent" of something that is **disliked**;
# - `f08`, the guided tour: two kinds of users mixed, see below;
# - `f12`, privacy: the mean score is just beyond the line.
#
# Fix the rule in writing before you see the data.

# %% [markdown] lang="zh"
# ### 顾客说的重要
#
# 每项功能还直接问了重要程度（stated importance，陈述重要性）。十二项功能的重要性均值，跟哪个系数走？

# %% [markdown] lang="en"
# ### What people say is important
#
# Importance was asked for as well (stated importance, 陈述重要性). Which coefficient do the twelve means follow?

# %%
stated = kano.tidy("stated_importance").set_index("item")["estimate"]
pd.Series({"with better": stated.corr(by_hand["better"]), "with -worse": stated.corr(-by_hand["worse"])}).to_frame("r")

# %% [markdown] lang="zh"
# 嘴上的“重要”几乎就是“缺了会恼火”。照陈述重要性排序，必备总在前面，惊喜永远排不上。两种都要看，第 08 课接着讲。
#
# ### 分人群：平均的顾客并不存在
#
# `f08` 新手引导总的看是“无差异”。按新老用户分开：

# %% [markdown] lang="en"
# What is called important is what annoys when missing. Rank by stated importance, and must-be features always lead,
# delight never gets its turn. Look at both; lesson 08 goes on.
#
# ### Segments: nobody is the average customer
#
# On the whole the guided tour, `f08`, is indifferent. By new and experienced users:

# %%
groups = csi.score_kano(app, F, D, by="segment")
csi.list_labels(groups).query("item == 'f08'")

# %%
csi.plot_estimates(groups, "better_worse", where={"item": "f08"},
                   labels={"new": say({"en": "new", "zh": "新用户"}), "experienced":
                           say({"en": "experienced", "zh": "老用户"})})  # fmt: skip

# %%
groups.contrast({("new", "f08", "better"): 1, ("experienced", "f08", "better"): -1}, table="better_worse")

# %% [markdown] lang="zh"
# 新用户当它是期望，老用户无所谓。合在一起的“无差异”谁也不代表。十二项都检验一遍，就要顾及检验了十二次
# （Holm 校正），免得把偶然当成差别：

# %% [markdown] lang="en"
# New users want it, experienced ones do not care; "indifferent" describes neither. Whoever tests twelve features has
# tested twelve times: Holm's correction (校正) keeps chance out.

# %%
tests = groups.tidy("segments").set_index("item")["p_value"].sort_values()
holm = (tests * np.arange(len(tests), 0, -1)).cummax().clip(upper=1)
pd.DataFrame({"p": tests, "p corrected": holm, "feature": names}).loc[tests.index].head(4)

# %% [markdown] lang="zh"
# 只有 `f08` 站得住，种下的真值也只有它。
#
# 类别也会随时间走：新鲜事先是无差异，然后是魅力，人人都有之后成了期望，最后成了必备。双因素理论也说过，
# 竞争一激烈，“满意因素”会变成“不满因素”。所以 Kano 分类有保质期，隔一两年要重做。
#
# ### 已发表的例子
#
# 滑雪板固定器（Sauerwein 等，百分比按转引）。表是印出来的，系数由单元格算：

# %% [markdown] lang="en"
# Only `f08` stands, and only there was a difference planted.
#
# Classes travel in time: first indifferent, then attractive, one-dimensional once everybody has it, at last must-be; a
# motivator becomes a hygiene factor under competition. A Kano study has a date of expiry.
#
# ### A published example
#
# Ski bindings (Sauerwein and others; percentages as quoted). The table is typed, the coefficients are computed:

# %%
ski = pd.DataFrame({"A": [7.0, 10.4, 63.8], "O": [32.3, 45.1, 21.6], "M": [49.3, 30.5, 2.9], "I": [9.5, 11.5, 8.5],
                    "R": [0.3, 1.2, 0.7], "Q": [1.5, 1.2, 2.5]},
                   index=["edge grip", "ease of turn", "service"])  # fmt: skip
base = ski[["A", "O", "M", "I"]].sum(axis=1)
ski.assign(better=(ski["A"] + ski["O"]) / base, worse=-(ski["O"] + ski["M"]) / base, **{"class": ski.idxmax(axis=1)})

# %% [markdown] lang="zh"
# ## 查一查
#
# 论文里常见 Fong 检验（转引）：最多两类的人数 $a$、$b$ 相差小于
#
# $$1.65\sqrt{\frac{(a+b)(2n-a-b)}{2n}}$$
#
# 就说分不清，名义上的误判率是一成。它把两个人数当成互不相干的，可是同一个人归了这一类，就不会归那一类，
# 差的方差其实是 $a+b$。故意造一个两类**完全相等**的总体，看它误判多少次：

# %% [markdown] lang="en"
# ## Check it
#
# Theses often use Fong's test (as quoted): the two largest counts $a$ and $b$ are not distinct when they differ by
# less than
#
# $$1.65\sqrt{\frac{(a+b)(2n-a-b)}{2n}}$$
#
# with a nominal error of one in ten. It treats the counts as independent; yet who is counted in one class is missing
# in the other, and the variance of the difference is $a+b$. Plant two classes that are **exactly equal**, and see how
# often it finds a difference:

# %%
rng = np.random.default_rng(3)
n = 200
draws = rng.multinomial(n, [0.38, 0.38, 0.14, 0.10], size=4000)
a, b = draws[:, 0], draws[:, 1]
fong = np.abs(a - b) >= 1.65 * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))
simple = np.abs(a - b) >= 1.65 * np.sqrt(a + b)
pd.Series({"Fong": fong.mean(), "z = |a - b| / sqrt(a + b)": simple.mean()}).to_frame("says distinct, wrongly")

# %% [markdown] lang="zh"
# 它误判的次数大约是名义的两倍，另一种正合名义。所以 csi 把 Fong 的数放在 `replication` 表里，**只供复现**别人的论文。
# 用已发表的人数试一试（五项服务，转引）：

# %% [markdown] lang="en"
# Fong's form errs about twice as often as it says; the other one keeps its promise. So csi keeps Fong's numbers in the
# table `replication`, to **replicate** what others printed and for nothing else. On published counts (five services, as
# quoted):

# %%
printed = pd.DataFrame({"M": [95, 101, 15, 65, 9], "O": [123, 54, 24, 87, 18], "A": [45, 54, 121, 93, 83],
                        "I": [33, 81, 124, 51, 177], "R": [0, 3, 6, 0, 6], "Q": [0, 3, 6, 0, 3]},
                       index=["app", "service", "hotline", "machine", "return"])  # fmt: skip
top = np.sort(printed[list("MOAIR")], axis=1)[:, ::-1]
a, b, n = top[:, 0], top[:, 1], printed.sum(axis=1)
printed.assign(difference=a - b, fong=1.65 * np.sqrt((a + b) * (2 * n - a - b) / (2 * n)), z=(a - b) / np.sqrt(a + b))

# %% [markdown] lang="zh"
# 差大于 `fong` 一列就“显著”。有的行 Fong 说分得清，$z$ 却不到 `1.96`：结论取决于公式，引用时写明用的是哪一个。
#
# ## 练习
#
# **07.1 重做** `f12` 隐私设置的 worse 系数是多少？从 `counts` 手工算，带上负号。

# %% [markdown] lang="en"
# Beyond the column `fong` a difference counts as significant. In some rows Fong says distinct while $z$ stays below
# `1.96`: the verdict depends on the formula, so name it.
#
# ## Exercises
#
# **07.1 Repeat** What is the worse coefficient of `f12`, privacy? Compute it from `counts`, with its minus sign.

# %%
answer = ...
csi.course.check("07.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
one = counts.loc["f12"]
csi.course.check("07.1", -(one["O"] + one["M"]) / one[["A", "O", "M", "I"]].sum())

# %% [markdown] lang="zh"
# **07.2 变一变** 预调查只问了前 `90` 位用户（`app.answers.head(90)`）。在 95% 置信水平上，哪些功能的类别集合
# 不止一类？提交题项名，如 `["f01", "f02"]`。

# %% [markdown] lang="en"
# **07.2 Vary** A pilot asked the first `90` users only (`app.answers.head(90)`). Which features have a label set of
# more than one class at 95%? Hand in the items, like `["f01", "f02"]`.

# %%
answer = ...
csi.course.check("07.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
pilot = csi.Survey.from_frame(app.answers.head(90), book, name="pilot")
sets = csi.list_labels(csi.score_kano(pilot, F, D))
csi.course.check("07.2", sets.loc[sets["labels"].str.contains("|", regex=False), "item"].tolist())

# %% [markdown] lang="zh"
# **07.3 变一变** `f08` 的 **worse** 系数，新用户（`new`）减老用户（`experienced`），差多少？
# 提交 `contrast` 的结果，或（差，标准误）一对数。

# %% [markdown] lang="en"
# **07.3 Vary** By how much does the **worse** coefficient of `f08` differ, `new` minus `experienced`? Hand in what
# `contrast` returns, or the pair (difference, standard error).

# %%
answer = ...
csi.course.check("07.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
two = {("new", "f08", "worse"): 1, ("experienced", "f08", "worse"): -1}
csi.course.check("07.3", groups.contrast(two, table="better_worse"))

# %% [markdown] lang="zh"
# **07.4 变一变** 预计最多的两类各占 `0.33` 和 `0.27`，恰好领先 `0.06`。要问多少人，$z = |a-b|/\sqrt{a+b}$
# 才会达到 `1.96`？

# %% [markdown] lang="en"
# **07.4 Vary** Suppose the two largest classes hold `0.33` and `0.27` of the answers, a lead of `0.06`. How many people
# must answer for $z = |a-b|/\sqrt{a+b}$ to reach `1.96`?

# %%
answer = ...
csi.course.check("07.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("07.4", np.ceil(1.96**2 * (0.33 + 0.27) / (0.33 - 0.27) ** 2))

# %% [markdown] lang="zh"
# **07.5 用自己的数据** 为两三项功能各写一正一反两题，收集回答，提交 `csi.score_kano` 的结果。答案不是这五种写法时，
# 用 `answers=` 说明。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **07.5 Your own data** Write the pair of questions for two or three features, ask, and hand in the result of
# `csi.score_kano`. Other codes of the five answers are explained in `answers=`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("07.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
own = csi.Survey.from_frame(app.answers.query("segment == 'new'"), book, name="new users")
csi.course.check("07.5", csi.score_kano(own, F, D))

# %% [markdown] lang="zh"
# ## 要点
#
# - 一正一反两题，查表得六类；五个答案不是量表，不求平均。
# - better 是有了它的收获，worse 是缺了它的损失；R 与 Q 不在分母里，要另外看。
# - 报类别就要报类别集合：分不清的，再多写一个字也是编的。
# - 人群混在一起会造出一个谁也不是的“无差异”；多次检验要校正。
# - 隐含的与必须履行的需求多是必备；陈述重要性偏向必备；类别会过时。
# - Fong 检验误判过多，只用来复现。
#
# ## 参考文献
#
# 转引的有：Timko 的系数、Pouliot 的表和 DuMouchel 的分数（Berger 等，1993）；Sauerwein、Bailom、Matzler 与
# Hinterhuber（1996）的滑雪板固定器；Fong（1996）的检验；Lee 与 Newcomb（1997）的强度；赫兹伯格的双因素。

# %% [markdown] lang="en"
# ## Key points
#
# - One pair of questions, one table, six classes; the five answers are no scale to average.
# - Better is what it wins when there, worse what it loses when not; R and Q stand outside and need a look.
# - A class goes with its label set: what cannot be told apart must not be claimed.
# - Mixed segments make an "indifferent" that nobody is; correct for many tests.
# - Implied and obligatory needs are mostly must-be; stated importance leans towards them; classes age.
# - Fong's test finds too much; it is for replication only.
#
# ## References
#
# As quoted: Timko, Pouliot and DuMouchel (in Berger and others, 1993); Sauerwein, Bailom, Matzler and Hinterhuber
# (1996); Fong (1996); Lee and Newcomb (1997); Herzberg.

# %%
print(kano.cite())
