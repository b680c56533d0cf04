# %% [markdown] lang="zh"
# # 问卷刚导出来，十分钟能说清什么？
#
# **10 分钟** · 适用：窗口、论文、质量、研究 · 必修
#
# 手里有一份答卷，领导只问三句话：满意度多少分，谁好谁差，先改哪里。
# 这一课从随附的数据文件走到这三句话，并且在每个数字后面都写上它有多不确定。
#
# **学完这一课，你能够**
#
# - **说明**谁作了答、谁没有答全（练习 00.1）
# - **报告**一个满意指数和它的误差范围（练习 00.2）
# - **比较**几家单位，而不被偶然的高低骗到（练习 00.3）
# - **选出**最该先改进的因素（练习 00.4）
# - **检查**自己的数据有哪些地方存疑（练习 00.5）
#
# ## 准备

# %% [markdown] lang="en"
# # The export is here: what can we say for certain in ten minutes?
#
# **10 minutes** · tracks: front office (窗口), thesis (论文), quality (质量), research (研究) · required
#
# You hold a file of answers, and three questions are asked: how satisfied are they, who does better, what do we
# improve first? This lesson goes from a bundled file to three answers, each with its error bar.
#
# **You will be able to**
#
# - **describe** who answered and who left something out (exercise 00.1)
# - **state** a satisfaction index with its margin of error (exercise 00.2)
# - **compare** several companies without being fooled by chance (exercise 00.3)
# - **choose** what to improve first (exercise 00.4)
# - **doubt** your own data where they deserve it (exercise 00.5)
#
# ## Set-up

# %%
import pandas as pd

import csi

csi.use_language("en")
pd.set_option("display.float_format", "{:.2f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# 四家移动运营商、三期调查。公司是虚构的，答卷由程序按已知的真值生成，所以最后可以核对方法说得对不对。

# %% [markdown] lang="en"
# ## The data
#
# Four mobile operators, surveyed three times. The companies do not exist; the answers were simulated from known
# values, so that at the end we can see whether the method found them.

# %%
survey = csi.load_sample("mobile")
survey

# %% [markdown] lang="zh"
# 编码簿（codebook）记着每个题项（item）问了什么、用什么量表，以及它属于哪个潜变量（construct）。
# 潜变量就是我们真正想知道、却无法直接问出来的东西，例如“感知质量”。

# %% [markdown] lang="en"
# The codebook (编码簿) says what each item (题项) asks, on which scale, and to which construct (潜变量) it belongs. A
# construct is what we want to know and cannot ask in one question, such as perceived quality.

# %%
items = survey.codebook.items.values()
pd.DataFrame(
    [(one.name, one.construct, one.reversed, csi.language.pick(one.text)) for one in items],
    columns=["item", "construct", "reversed", "question"],
).iloc[5:20]

# %% [markdown] lang="zh"
# 先看有没有人没答，再看平均分。缺失的原因不同，意思也不同：“没问到”和“不知道”不是一回事。

# %% [markdown] lang="en"
# Look at what is missing before you look at any mean. "Was not asked" and "does not know" are different things.

# %%
csi.plot_missing(survey)

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 另一份小数据 `tiny` 只有十二位顾客。取前五位的三道满意题，量表两端是 1-10。

# %% [markdown] lang="en"
# ## The idea on five rows
#
# A second sample, `tiny`, has twelve guests. Here are the first five and their three satisfaction ratings,
# scale 1-10.

# %%
tiny = csi.load_sample("tiny")
five = tiny.answers[["s1", "s2", "s3"]].head().astype(int)
five

# %%
means = five.mean()
pd.DataFrame({"mean": means, "percent of 10": means / 10 * 100, "0 to 100": (means - 1) / (10 - 1) * 100})

# %% [markdown] lang="zh"
# 量表最低是 1 而不是 0。直接除以满分，最差的回答也能“得分”；先减去下限再换算，最差才是 0，最好才是 100：
#
# $$\text{指数} = 100 \times \frac{\text{均值} - \text{量表下限}}{\text{量表上限} - \text{量表下限}}$$
#
# 这就是顾客满意指数（customer satisfaction index，CSI）的换算方法，几道题合起来再加权。

# %% [markdown] lang="en"
# The scale starts at 1, not at 0. Dividing by the highest rating lets even the worst answer score. Subtract the
# lower end first, and the worst is 0, the best 100:
#
# $$\text{index} = 100 \times \frac{\text{mean} - \text{lower end}}{\text{upper end} - \text{lower end}}$$
#
# This is how a customer satisfaction index (顾客满意指数, CSI) is scaled; several items are then weighted together.

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 用全部十二位顾客，三道题同等重要。

# %% [markdown] lang="en"
# ## By hand
#
# All twelve guests, the three items weighted alike.

# %%
ratings = tiny.answers[["s1", "s2", "s3"]]
by_hand = ((ratings.mean() - 1) / (10 - 1) * 100).mean()
print(f"{by_hand:.2f}")

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# 一行写模型，一行拟合。等权指数在 `index_equal` 表里，应当和手算完全一致。

# %% [markdown] lang="en"
# ## With csi
#
# One line for the model, one for the fit. The table `index_equal` holds the index with equal weights; it must
# be what we got by hand.

# %%
small = csi.fit_pls(tiny, "Satisfaction ~ Quality", n_boot=0)
assert abs(float(small.value("Satisfaction", table="index_equal")) - by_hand) < 1e-9
small.tidy("index_equal")

# %% [markdown] lang="zh"
# 现在用完整的调查走完全程：欧洲顾客满意度模型，按运营商分组。
# `analyse_survey` 一次完成拟合、分组和检查；结论写在第一行，感叹号开头的是存疑之处。

# %% [markdown] lang="en"
# Now the large survey and the whole chain: the European model of customer satisfaction, by operator.
# `analyse_survey` fits, compares and checks in one call. The answer stands first; lines with an exclamation
# mark are doubts.

# %%
study = csi.analyse_survey(survey, "ECSI_2005", by="operator")
study

# %% [markdown] lang="zh"
# ## 读懂结果
#
# 第一句话：满意度多少分。读数时三样东西一起念：估计值、置信区间（confidence interval）、人数。

# %% [markdown] lang="en"
# ## Read it
#
# First question: how satisfied? Read three things aloud: the estimate, the confidence interval (置信区间), the
# number of respondents.

# %%
study.fit.tidy()

# %% [markdown] lang="zh"
# 单位是 0-100 的指数分，不是百分比：不能读成“百分之多少的人满意”。
# 区间的意思是：同样的调查反复做，这样得到的区间里有 95% 能包含总体的值。
# 它管抽样误差，管不了没作答的人、带诱导的提问和不认真的回答。

# %% [markdown] lang="en"
# The unit is index points from 0 to 100, not a percentage of satisfied people. The interval means: repeat the
# survey again and again, and 95% of such intervals hold the value of the population. It covers sampling error;
# it does not cover people who never answered, leading questions or careless answers.

# %% [markdown] lang="zh"
# 第二句话：谁好谁差。点是估计值，横线是区间。

# %% [markdown] lang="en"
# Second question: who does better? Dots are estimates, bars are intervals.

# %%
csi.plot_index(study, "Satisfaction")

# %% [markdown] lang="zh"
# 区间有没有重叠，不能当作检验。要看**差值**的区间是否包含 0：`contrast` 知道两组共用同一批访问员和权重。

# %% [markdown] lang="en"
# Whether two bars overlap is not a test. Ask whether the interval of the **difference** holds 0: `contrast`
# knows that the groups share interviewers and weights.

# %%
pairs = [("Amber", "Birch"), ("Coral", "Birch"), ("Coral", "Dune"), ("Birch", "Dune")]
rows = {}
for one, other in pairs:
    gap = study.groups.contrast({(one, "Satisfaction"): 1, (other, "Satisfaction"): -1})
    rows[f"{one} - {other}"] = (gap.estimate, gap.lower, gap.upper)
pd.DataFrame(rows, index=["difference", "lower", "upper"]).T

# %% [markdown] lang="zh"
# 第三句话：先改哪里。横轴是重要性（importance）：这个因素的指数每提高 1 分，满意度随之变化几分；
# 纵轴是绩效（performance）：它现在的指数。右下角的因素重要而又薄弱，排在最前；
# 右下角空着，就从最重要的那个入手。

# %% [markdown] lang="en"
# Third question: what first? From left to right stands importance (重要性): by how many points satisfaction
# moves when the driver's index rises by 1 point. From bottom to top stands performance (绩效): the driver's
# own index. Bottom right is important and weak: first of all. If that corner is empty, start with the most
# important driver.

# %%
csi.plot_priorities(study)

# %% [markdown] lang="zh"
# ## 查一查
#
# 每个结果都带着检查表，不通过的排在最前，并且说明该怎么理解。

# %% [markdown] lang="en"
# ## Check it
#
# Every result brings its own table of checks, failures first, each with what it means.

# %%
study.fit.check()[["check", "value", "rule", "ok", "meaning"]]

# %% [markdown] lang="zh"
# 现在故意弄坏一处。`expect_wrong` 问的是“多久出一次问题”，分越高越差，是反向题（reverse item）。
# 假如编码簿里忘了写 `reversed`，会怎样？

# %% [markdown] lang="en"
# Now break one thing on purpose. `expect_wrong` asks how often things go wrong: high is bad, it is a reverse
# item (反向题). What if the codebook had forgotten to say `reversed`?

# %%
from dataclasses import replace

book = survey.codebook
forgotten = replace(book.items["expect_wrong"], reversed=False)
broken = survey.with_codebook(replace(book, items={**book.items, "expect_wrong": forgotten}))
wrong = csi.fit_pls(broken, "ECSI_2005", n_boot=500)
print(study.fit.value("Expectation"), wrong.value("Expectation"), sep="\n")
wrong.check()[["check", "value", "ok", "meaning"]].head(3)

# %% [markdown] lang="zh"
# 上面两行是顾客期望的指数，先对后错：忘了转向，指数反而凭空跳高，看上去还挺好看。
# 满意度却几乎不动，所以光看满意度发现不了。
# 露馅的是检查表：外部权重为负，α 系数（信度）低于 0。数字漂亮时，更要先看检查表。

# %% [markdown] lang="en"
# The two lines are the index of expectations, right and then wrong: forgetting to turn one item makes it jump,
# and it looks splendid. Satisfaction hardly moves, so nobody notices there. The checks do: a negative weight,
# and alpha (α 系数, reliability) below 0. The prettier the number, the sooner you look at the checks.

# %% [markdown] lang="zh"
# 最后对答案：预设真值（planted truth）写在编码簿里，按等权、不含不认真作答的人计算。四家的真值都落在区间之内吗？

# %% [markdown] lang="en"
# Last, the planted truth (预设真值). It stands in the codebook, for equal weights and without careless
# answers. Does each interval hold it?

# %%
truth = {name: row["Satisfaction"] for name, row in book.truth["index"]["operator"].items()}
found = study.groups.tidy().query("construct == 'Satisfaction'").set_index("group")
found = found[["estimate", "lower", "upper"]].assign(truth=truth)
found.assign(held=found["truth"].between(found["lower"], found["upper"]))

# %% [markdown] lang="zh"
# ### 交出去
#
# 要交给别人，一行写成网页，表格另存为 xlsx：

# %% [markdown] lang="en"
# ### Hand it on
#
# One line writes a page, with the tables as xlsx beside it:

# %%
page = csi.write_report(study, "mobile-report.html")
page.name

# %% [markdown] lang="zh"
# ## 练习
#
# **00.1 重做** 模型没能使用多少位受访者？填人数。

# %% [markdown] lang="en"
# ## Exercises
#
# **00.1 Repeat** How many respondents could the model not use? Give the number of people.

# %%
answer = ...
csi.course.check("00.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("00.1", study.fit.glance()["n_dropped"])

# %% [markdown] lang="zh"
# **00.2 重做** 感知质量（Quality）指数的误差范围是多少？取 90% 区间宽度的一半。

# %% [markdown] lang="en"
# **00.2 Repeat** What is the margin of error of the index of Quality? Take half the width of the 90% interval.

# %%
answer = ...
csi.course.check("00.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
quality = study.fit.value("Quality", level=0.9)
csi.course.check("00.2", (quality.upper - quality.lower) / 2)

# %% [markdown] lang="zh"
# **00.3 变一变** 哪两家运营商的满意度分不出高低？填两个名称。

# %% [markdown] lang="en"
# **00.3 Vary** Which two operators cannot be told apart in satisfaction? Give two names.

# %%
answer = ...
csi.course.check("00.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("00.3", ["Birch", "Coral"])

# %% [markdown] lang="zh"
# **00.4 变一变** 如果你是沙丘通信（Dune）的负责人，指数同样提高 1 分，先提高哪个潜变量对满意度的作用最大？

# %% [markdown] lang="en"
# **00.4 Vary** You lead Dune. If any one construct could rise by 1 point, which would raise satisfaction most?

# %%
answer = ...
csi.course.check("00.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
table = study.groups.tidy("priorities").query("group == 'Dune' and target == 'Satisfaction' and kind == 'importance'")
csi.course.check("00.4", table.set_index("construct")["estimate"].idxmax())

# %% [markdown] lang="zh"
# **00.5 用自己的数据** 用 `csi.read_csv` 或 `csi.read_excel` 读入你的答卷，
# 做一次 `csi.analyse_survey`，提交得到的结果。
# 手边没有数据，就从样本中取一家运营商，当作自己的调查。

# %% [markdown] lang="en"
# **00.5 Your own data** Read your own answers with `csi.read_csv` or `csi.read_excel`, run
# `csi.analyse_survey`, and hand in what it returns. No data at hand? Take one operator out of the sample as if
# it were yours.

# %%
answer = ...
csi.course.check("00.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
coral = survey.answers.query("operator == 'Coral'")
own = csi.Survey.from_frame(coral, replace(book, strata=None, cluster=None), name="coral")
csi.course.check("00.5", csi.analyse_survey(own, "ECSI_2005", n_boot=1000))

# %% [markdown] lang="zh"
# ## 要点
#
# - 指数先减量表下限，再换算到 0-100；它不是“满意的人占多少”。
# - 没有区间的指数不能拿来比较；比较要看差值的区间。
# - 先看重要性，再看绩效，最后才谈成本。
# - 检查表先于结论，编码簿先于检查表。
#
# ## 参考文献
#
# 每个结果都能给出自己的出处；接着学：第 11 课讲指数里的权重从哪里来。

# %% [markdown] lang="en"
# ## Key points
#
# - Subtract the lower end of the scale, then scale to 0-100; an index is not a share of satisfied people.
# - An index without an interval compares nothing; look at the interval of the difference.
# - Importance before performance, both before cost.
# - The checks come before the conclusion, the codebook before the checks.
#
# ## References
#
# Every result cites its sources. Next: lesson 11, where the weights of an index come from.

# %%
print(study.fit.cite())
