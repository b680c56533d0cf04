# %% [markdown] lang="zh"
# # 问谁、怎么问，得到的回答才靠得住？
#
# **90 分钟** · 适用：窗口、论文、质量、研究 · 必修（抽样与加权两节选修）
#
# 数据收上来以后再高明的模型，也救不了一道问错的题、一份抽偏的名单。
# 这一课从措辞开始，写编码簿，定样本，数应答，最后看看沉默的顾客怎样把满意度抬高。
#
# **学完这一课，你能够**
#
# - **修改**问卷，找出一题两问（练习 02.1）
# - **确定**要邀请多少家客户（练习 02.2）
# - **加权**，让样本的构成与总体一致（练习 02.3）
# - **说清**没有作答的人可能改变什么（练习 02.4）
# - **检验**自己的调查（练习 02.5）
#
# ## 准备

# %% [markdown] lang="en"
# # Whom do we ask, and how, so that the answers can be trusted?
#
# **90 minutes** · tracks: front office (窗口), thesis (论文), quality (质量), research (研究) · required (the parts on
# sampling and weights are optional)
#
# No model repairs a question that was asked badly, or a list that was drawn askew. This lesson words questions,
# writes the codebook, plans the sample, counts who answered, and ends with the customers who keep silent.
#
# **You will be able to**
#
# - **repair** a questionnaire that asks two things at once (exercise 02.1)
# - **plan** how many customers to invite (exercise 02.2)
# - **weight** a sample until it looks like the population (exercise 02.3)
# - **state** what those who did not answer could change (exercise 02.4)
# - **examine** a survey of your own (exercise 02.5)
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
# 两份模拟数据，真值已知：`mobile` 是四家运营商的个人用户，`pvc_customers` 是一家树脂企业的客户单位，
# 一家单位可有几个人答卷。顾客可以是个人、群体，也可以是单位，**先说清“一位顾客”是谁，再谈抽多少**。
#
# 编码簿（codebook）记着每道题项（item）怎么问、用什么量表（scale）：

# %% [markdown] lang="en"
# ## The data
#
# Two simulated sets, the truth known: `mobile`, private users of four operators, and `pvc_customers`, firms that buy
# resin, with several informants in some firms. A customer can be a person, a group or a unit: **say which before you
# count customers**.
#
# The codebook (编码簿) holds how each item (题项) is asked and on which scale (量表):

# %%
mobile = csi.load_sample("mobile")
business = csi.load_sample("pvc_customers")
items = ["quality_overall", "quality_wrong", "sat_overall", "loyal_recommend"]
rows = [(one.name, str(one.scale), one.reversed, csi.language.pick(one.text)) for one in
        (mobile.codebook.items[name] for name in items)]  # fmt: skip
pd.DataFrame(rows, columns=["item", "scale", "reversed", "question"])

# %%
csi.plot_ratings(mobile, items)

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 一道常见的题：“您对我们快捷又热情的服务满意吗？”五位顾客心里其实有两个评分，一个给快慢，一个给态度。
# 只许填一个数，各人的填法不同：有人取平均，有人按最差的说，有人只想着态度。

# %% [markdown] lang="en"
# ## The idea on five rows
#
# A common question: "How satisfied are you with our quick and friendly service?" Five customers hold two opinions,
# one on speed, one on manners, and may give one number. Some take the mean, some the worse one, some think of
# manners only.

# %%
five = pd.DataFrame({"quick": [9, 3, 8, 2, 7], "friendly": [9, 9, 4, 8, 7]}, dtype=float)
five["mean of both"] = five[["quick", "friendly"]].mean(axis=1)
five["the worse"] = five[["quick", "friendly"]].min(axis=1)
five["manners only"] = five["friendly"]
five.loc["mean"] = five.mean()
five

# %% [markdown] lang="zh"
# 心里的评分没有变，报出的均值却能差出一大截，而且低分究竟该归谁管，谁也不知道。
# 这叫**一题两问**（double-barrelled question），改法只有拆开。动笔之后，逐条对照：
#
# | 毛病 | 例子 | 改法 |
# |---|---|---|
# | 一题两问 | 快捷又热情 | 拆成两题 |
# | 诱导 | 我们荣获嘉奖的服务 | 用中性词 |
# | 含糊 | 最近、经常 | 写明时段和次数 |
# | 双重否定 | 不觉得不方便 | 正面问 |
# | 行话 | 首问负责制 | 用顾客的话 |
# | 强人作答 | 没用过也要评 | 给“不了解” |
# | 量表偏斜 | 好评三档、差评两档 | 两边对称 |

# %% [markdown] lang="en"
# The opinions are the same, the reported mean is not, and nobody knows whose job a low one is. This is a
# **double-barrelled question** (一题两问); the only repair is two questions. A list to hold against every draft:
#
# | fault | example | repair |
# |---|---|---|
# | double-barrelled | quick and friendly | two questions |
# | leading (诱导) | our award-winning service | neutral words |
# | vague | recently, often | name period and number |
# | double negative | not inconvenient | ask positively |
# | jargon | first-contact rule | the customer's words |
# | forced | rate what you never used | offer "don't know" |
# | lopsided scale | three good levels, two bad | as many on each side |

# %% [markdown] lang="zh"
# ### 量表几点合适？
#
# 同样的人、同样的意见，换成两点、三点……十点量表，还剩多少信息？这里看评分与真实意见的相关；
# 每个人表达时都带一点随机误差。
#
# 比点数更要紧的是**两边对称**。某企业的走访表有三档说好、两档说坏，我们也让同一批人分别填一填。

# %% [markdown] lang="en"
# ### How many points?
#
# The same people with the same opinions, asked on scales of two, three, up to ten points: how much is left? We
# look at the correlation of the rating with the true opinion; everybody expresses it with some noise.
#
# **Balance** matters more than the number. One company's visit form has three good levels and two bad ones; the same
# people fill in both forms.

# %%
rng = np.random.default_rng(2)
opinion = rng.normal(size=4000)
said = opinion + rng.normal(0, 0.5, 4000)
left = {}
for points in (2, 3, 5, 7, 10):
    rating = pd.qcut(said, points, labels=False)
    left[points] = np.corrcoef(rating, opinion)[0, 1]
pd.Series(left).rename_axis("points").to_frame("correlation")

# %%
balanced = np.digitize(said, [-1.5, -0.5, 0.5, 1.5])  # 0 1 bad, 2 neither, 3 4 good
lopsided = np.digitize(said, [-1.2, -0.4, 0.4, 1.2])  # 0 1 bad, 2 3 4 good: no middle
pd.Series({"balanced": (balanced >= 3).mean(), "three good, two bad": (lopsided >= 2).mean()}).to_frame("satisfied")

# %% [markdown] lang="zh"
# 头几个点最值钱，越往后增加得越少；满意指数惯用 1-10，是要分清高分段的差别。至于走访表：
# 人没有更满意，是表格替他们选了“满意”。
#
# ### 反向题与顺序
#
# 反向题（reverse item）数字越大越不满意，例如“出错的频率”。它能发现一路打高分的人，前提是编码簿里写明
# `reversed`，否则批评被当成表扬。顺序上，先问总体还是先问分项，答案会不同，所以每一期都要一样；
# 个人情况放在最后。

# %% [markdown] lang="en"
# The first points buy most, later ones little; indices use 1-10 to tell apart the many who are content. As to the
# visit form: nobody became more satisfied, the form chose "satisfied" for them.
#
# ### Reversed items, and order
#
# On a reverse item (反向题) a high number is bad: "how often do things go wrong?" It catches people who rate
# everything high, provided the codebook says `reversed`; otherwise complaints count as praise. Order matters too:
# overall before details gives other answers than details before overall, so keep it the same in every wave, and
# put personal questions last.

# %%
pair = ["quality_overall", "quality_wrong"]
raw, turned = mobile.answers[pair], pd.DataFrame(mobile.matrix(pair), columns=pair)
pd.Series({"as asked": raw.corr().iloc[0, 1], "turned round": turned.corr().iloc[0, 1]}).to_frame("correlation")

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 要多少份问卷，满意率的误差才不超过正负 `0.05`（95% 置信水平）？最不利的情形是满意率为一半。
# 先当总体无限大，再按客户总数做有限总体校正（finite population correction）：
#
# $$n_0 = \frac{z^2\,p(1-p)}{e^2}, \qquad n = \frac{n_0}{1 + (n_0-1)/N}$$

# %% [markdown] lang="en"
# ## By hand
#
# How many questionnaires make a satisfaction rate sure to plus or minus `0.05` (at 95%)? A rate of one half is
# the worst case. First as if there were endless customers, then with the finite population correction
# (有限总体校正):
#
# $$n_0 = \frac{z^2\,p(1-p)}{e^2}, \qquad n = \frac{n_0}{1 + (n_0-1)/N}$$

# %%
customers = {"A": 24, "B": 72, "C": 160}  # firms that buy, by class
total = sum(customers.values())
endless = 1.96**2 * 0.5 * (1 - 0.5) / 0.05**2
needed = endless / (1 + (endless - 1) / total)
pd.Series({"customers": total, "endless": np.ceil(endless), "needed": np.ceil(needed)})

# %% [markdown] lang="zh"
# A 类是重点客户，宁可多问。多问就要还回去：**抽样权数（survey weight）= 该类客户数 ÷ 该类样本数**，
# 每份答卷代表几家客户。下面由公司的总户数与样本户数算出权数，再求“品质”的加权均值：

# %% [markdown] lang="en"
# Class A holds the key customers, so more of them are asked. What is over-sampled has to be given back: the
# **survey weight (抽样权数) is customers of the class over those in the sample**: how many customers a
# questionnaire stands for. From these counts, the weighted mean of the rating of quality:

# %%
answers = business.answers
firms = answers.groupby("customer_class")["firm"].nunique()
weight = answers["customer_class"].map(pd.Series(customers) / firms).astype(float)
known = answers["quality"].notna()
by_hand = (weight * answers["quality"])[known].sum() / weight[known].sum()
pd.Series({"unweighted": answers["quality"].mean(), "weighted": by_hand})

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# 样本量和加权均值，应当与手算一致。权数写在编码簿里，所以调用时不必再提：

# %% [markdown] lang="en"
# ## With csi
#
# Sample size and weighted mean must equal what we got by hand. The codebook names the weight, so the call need
# not:

# %%
plan = csi.plan_sample("rate", margin=0.05, population=total)
assert plan.n == int(np.ceil(needed))
quality = csi.score_mean(business, "quality")
assert np.isclose(float(quality.value("quality")), by_hand, atol=0.01)
quality

# %% [markdown] lang="zh"
# ### 编码簿就是合同
#
# 问卷发出之前先写编码簿：题目、量表两端、反向题、缺失代码、归哪个潜变量，还有**不得外泄的列**。
# 各家企业情况不同，问卷不能照搬，合同要自己写。手里只有一份旧的导出表时，让 csi 起个草：

# %% [markdown] lang="en"
# ### The codebook is a contract
#
# Write it before the questionnaire goes out: questions, ends of the scales, reversed items, codes for missing, the
# construct each item belongs to, and the **columns that must not leak**. No template fits every firm; this contract
# is yours. Where only an old export exists, csi drafts one:

# %%
export = pd.DataFrame({
    "name": ["Li", "Wang", "Zhao"], "phone": ["13800000001", "13800000002", "13800000003"],
    "overall satisfaction": [8, 6, 9], "wait": [3, 9, 99],
})  # fmt: skip
draft = csi.draft_codebook(csi.Survey.from_frame(export, name="counter", scale={"overall*": (1, 10)}))
print(draft.to_yaml())

# %% [markdown] lang="zh"
# 草稿要逐行看：姓名和电话都认出来了，自动列入 `private`；`wait` 里的 `99` 是“不知道”，草稿却把这一列
# 当成普通的数（number），不是评分，也不知道等候越久越糟。知情同意书（consent form）里承诺过保密的每一列，
# 都写进 `private`。
# 合同会把关：评分越出量表，或有人想按姓名分组，都会当场停下并说明原因。

# %% [markdown] lang="en"
# Read every line of a draft: it knew the name and the phone for private; the `99` of `wait` means "don't know", and
# the draft took the column for a number, not a rating, nor could it know that a longer wait is worse. Whatever the
# consent form (知情同意) promised to keep confidential goes under `private`.
#
# The contract is enforced: a rating off the scale, or a table by name of customer, stops with a sentence.

# %%
contract = csi.Codebook.from_yaml("""
roles: {respondent: phone, private: [name, phone]}
missing: {99: dont_know}
scales: {ten: {lo: 1, hi: 10}}
items:
  name: {kind: text}
  overall satisfaction: {scale: ten, construct: Satisfaction}
  wait: {scale: ten, reversed: true, construct: Quality}
""")
counter = csi.Survey.from_frame(export, contract, name="counter")
counter

# %%
try:
    csi.Survey.from_frame(export.assign(wait=[3, 9, 12]), contract, name="counter")
except csi.DataError as problem:
    print(problem)
try:
    csi.score_mean(counter, "wait", by="name")
except csi.DataError as problem:
    print(problem)

# %% [markdown] lang="zh"
# ### 问谁：抽样框与日历（选修）
#
# 抽样框（sampling frame）是可能被抽到的名单。常见的制度：新客户在合作后第一、三、六个月各问一次；
# 老客户只抽近三个月有交易的；季度一次，十个工作日内出报告；每年至少全面调查一次。潜在客户没有用过，问不出满意度。

# %% [markdown] lang="en"
# ### Whom: frame and calendar (optional)
#
# The sampling frame (抽样框) is the list that can be drawn. A common rule: new customers are asked after one, three
# and six months; of the others, those with an order in the last three months; every quarter, with a report within ten
# working days; everybody at least once a year. Potential customers have used nothing yet, so there is nothing to rate.

# %%
orders = pd.DataFrame({
    "customer": ["new", "active", "asleep", "potential"],
    "first_order": ["2026-02-02", "2024-03-01", "2023-01-01", None],
    "last_order": ["2026-03-01", "2026-02-20", "2025-06-30", None],
})  # fmt: skip
calendar = csi.plan_calendar("2026-01-05", months=6, customers=orders, kinds=["new_customer", "quarterly_survey"])
calendar[["date", "customer", "meaning", "report_due"]]

# %% [markdown] lang="zh"
# 休眠客户不在名单里，所以这份日历永远听不到他们为什么走。问的办法也各有脾气：
#
# | 办法 | 长处 | 当心 |
# |---|---|---|
# | 网上问卷 | 便宜、不受人影响 | 应答少 |
# | 电话、面谈 | 应答多 | 当着人的面，评价偏好 |
# | 入户、座谈会 | 听得到为什么 | 不能推算总体 |
# | 神秘顾客 | 看见事实 | 不是顾客的感受 |
#
# 换办法就会换分数，别与上一期直接比。

# %% [markdown] lang="en"
# Sleeping customers are on no list, so this calendar never hears why they left. Ways of asking have their tempers
# too:
#
# | way | good at | beware |
# |---|---|---|
# | online | cheap, nobody listens in | few answer |
# | phone, face to face | more answer | praise, to a face |
# | household visit, focus group (座谈会) | why | no inference to all |
# | mystery shopper (神秘顾客) | facts | not a customer's feeling |
#
# Another way gives another score: do not compare with the last wave.

# %% [markdown] lang="zh"
# ### 问多少：分类、多抽、留余地（选修）
#
# 先说总的误差，再说每一类至少几家、A 类加倍；应答率决定要邀请多少家，权数随之而定。
# 客户不按 A、B、C 而按重点、战略、普通、潜在来分的，办法一样：

# %% [markdown] lang="en"
# ### How many in each class (optional)
#
# Say the margin for all, then the least number per class, and class A twice as dense; the response rate says how
# many to invite, and the weights follow. Other classes (key, strategic, ordinary, potential) are planned alike:

# %%
classes = {"A": {"population": 24, "factor": 2}, "B": 72, "C": 160}
csi.plan_sample("index", margin=3, sd=10, strata=classes, minimum=10, response_rate=0.8)

# %% [markdown] lang="zh"
# ### 加权：让样本像总体（选修）
#
# `mobile` 各地区抽得疏密不同：西部用户少，却抽得多；重度用户也多抽了。假定我们只知道各地区的用户比例，
# 就用迭代比例拟合（raking）让样本与它一致；编码簿里的设计权数还顾及了重度用户：

# %% [markdown] lang="en"
# ### Weights: a sample like the population (optional)
#
# In `mobile` the small West and heavy users were over-sampled. Suppose we knew the shares of the regions only:
# raking (迭代比例拟合) matches them. The design weights of the codebook repair heavy users as well:

# %%
bare = mobile.with_design(strata="region", cluster="interviewer")
shares = mobile.codebook.truth["region"]["share"]
raked = csi.rake(bare, {"region": shares})
found = {"unweighted": bare, "raked to regions": raked, "design weights": mobile}
rows = {name: (float(csi.score_mean(one, "sat_overall").value("sat_overall")),
               float(csi.check_weights(one).value("design_effect")), float(csi.check_weights(one).value("effective_n")))
        for name, one in found.items()}  # fmt: skip
rows["truth"] = (100 * (mobile.codebook.truth["index"]["item_means"]["sat_overall"] - 1) / 9, np.nan, np.nan)
pd.DataFrame(rows, index=["sat_overall, 0-100", "design_effect", "effective_n"]).T

# %% [markdown] lang="zh"
# 加权只能纠正名单上看得见的差别，代价是精度：权数越悬殊，设计效应（design effect）越大，
# 等效样本量（effective sample size）越小。各单元格人数都知道时，用 `csi.post_stratify`（事后分层）更直接。
#
# ## 读懂结果
#
# ### 多大的变化才看得出来？
#
# 两期各问同样多的人，真有多大的提高，才有八成把握看得出来？问同一批人（面板）更省：

# %% [markdown] lang="en"
# Weights repair only what the frame can see, at the price of precision: the more they differ, the larger the design
# effect (设计效应), the smaller the effective sample size (等效样本量). Where every cell is known,
# `csi.post_stratify` (事后分层) is more direct.
#
# ## Read it
#
# ### What change would show?
#
# Two waves of equal size: how large must a true rise be to show with a chance of four in five? Asking the same people
# again (a panel) saves a lot:

# %%
sizes = [100, 250, 500, 1000, 2000]
alone = [csi.plan_change("index", n=n, sd=16).change for n in sizes]
panel = [csi.plan_change("index", n=n, sd=16, overlap=1.0, rho=0.6).change for n in sizes]
pd.DataFrame({"other people": alone, "same people": panel}, index=pd.Index(sizes, name="n of each wave"))

# %% [markdown] lang="zh"
# ### 多少人答了？没答的人可能怎么想？
#
# 应答率（response rate）要按每张问卷的最终结果来算：完成、部分完成、拒访、联系不上、资格不明……
# 分母不同，应答率就不同，报告时写明用的是哪一种。
#
# 应答率高低本身不说明偏差。`compare_nonresponse` 拿受访者的构成与抽样框对照，并给出上下界（bounds）：
# 假如没答的人全打最低分，或全打最高分，均值会是多少？

# %% [markdown] lang="en"
# ### How many answered, and what may the others think?
#
# A response rate (应答率) counts final outcomes: complete, partial, refused, not reached, eligibility unknown. Another
# denominator is another rate, so say which one you report.
#
# A rate says nothing about bias. `compare_nonresponse` holds the respondents against the frame, and gives bounds
# (上下界): what would the mean be if all the others gave the lowest rating, or the highest?

# %%
outcomes = {"I": 240, "P": 15, "R": 120, "NC": 130, "O": 10, "UH": 40, "NE": 30}
response = csi.score_response(outcomes)
csi.plot_estimates(response, labels={name: name for name in response.tidy()["term"]})

# %%
returned = business.keep(business.answers["quality"].notna())
rate = float(business.answers["quality"].notna().mean())
silent = csi.compare_nonresponse(returned, ["quality"], frame={"customer_class": customers}, response_rate=rate)
silent.tidy("bounds")[["kind", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# ### “好顾客”的沉默
#
# 有一段“好顾客”的自白：店员聊天，我不打断；店员不悦，我不吭声；我只是再也不来。
# 不满的人正好不说话，这叫非随机缺失（missing not at random）。设一万位顾客，越不满意越不作答：

# %% [markdown] lang="en"
# ### The silent "good customer"
#
# A well-known monologue: the waiters chat, I do not interrupt; the clerk frowns, I say nothing; I am a good customer,
# and I never come back. Those who are unhappy keep silent: missing not at random (非随机缺失). Ten thousand
# customers; the unhappier, the quieter:

# %%
rng = np.random.default_rng(5)
crowd = pd.DataFrame({"class": rng.choice(["A", "B", "C"], 10_000, p=[0.1, 0.3, 0.6])})
feeling = 6.5 + crowd["class"].map({"A": 0.8, "B": 0.3, "C": -0.3}) + rng.normal(0, 1.8, 10_000)
crowd["rating"] = feeling.round().clip(1, 10)
crowd["answers"] = rng.random(10_000) < 1 / (1 + np.exp(6 - crowd["rating"]))
heard = csi.Survey.from_frame(crowd[crowd["answers"]].drop(columns="answers"), name="heard", scale={"rating": (1, 10)})
weighted = csi.post_stratify(heard, "class", crowd["class"].value_counts().to_dict())
best, worst = (csi.compare_nonresponse(weighted, ["rating"], response_rate=crowd["answers"].mean())
               .value("rating", kind, table="bounds") for kind in ("upper_bound", "lower_bound"))  # fmt: skip

# %%
estimate = csi.score_mean(weighted, "rating", method="rating").value("rating")
truth = crowd["rating"].mean()
assert float(worst) < truth < float(best)
assert not estimate.lower < truth < estimate.upper
pd.Series({"everybody": truth, "heard": heard.answers["rating"].mean(), "weighted": float(estimate),
           "lower end": estimate.lower, "upper end": estimate.upper, "worst case": float(worst),
           "best case": float(best)}).to_frame("mean rating")  # fmt: skip

# %% [markdown] lang="zh"
# 样本很大，区间很窄，却不包含真值；按客户分类加权也只挪动了一点点，因为沉默与分类关系不大，与满意关系很大。
# 唯一不说谎的是上下界，可惜很宽。真正的办法在问之前：催访、换渠道、把流失和投诉记录拿来对照。

# %% [markdown] lang="en"
# A large sample, a narrow interval, and the truth lies outside. Weighting by class moves little, because silence
# hangs on satisfaction more than on class. Only the bounds do not lie, and they are wide. The cure lies before the
# analysis: remind people, ask in another way, look at who left and who complained.

# %% [markdown] lang="zh"
# ## 查一查
#
# 故意弄坏一条假定：**忘掉抽样设计**。`mobile` 由访问员（群，cluster）上门，同一访问员的受访者彼此相像。
# `with_design` 换一种设计来看同一份答卷：

# %% [markdown] lang="en"
# ## Check it
#
# Break one assumption on purpose: **forget the design**. In `mobile` interviewers (clusters, 群) went from door to
# door, and customers of one interviewer resemble each other. `with_design` reads the same answers by another design:

# %%
designs = {
    "all of it": mobile,
    "weights only": mobile.with_design(weight="weight"),
    "nothing": mobile.with_design(),
}
errors = {name: csi.score_mean(one, "sat_overall").value("sat_overall") for name, one in designs.items()}
pd.DataFrame({"mean": {name: float(one) for name, one in errors.items()},
              "std_error": {name: one.std_error for name, one in errors.items()}})  # fmt: skip

# %% [markdown] lang="zh"
# 哪个标准误对？做个实验：四十位访问员，各带来一点自己的偏差，重新调查五百次。均值实际波动多大，
# 与“忘掉设计”和“按群计算”的标准误各差多少？

# %% [markdown] lang="en"
# Which standard error is right? An experiment: forty interviewers, each with a leaning of his own, and the survey
# done five hundred times over. How much do the means really vary, and what do the two formulas say?

# %%
rng = np.random.default_rng(3)
leaning = rng.normal(0, 4, (500, 40, 1))
surveys = 70 + leaning + rng.normal(0, 20, (500, 40, 75))
means = surveys.mean(axis=(1, 2))
plain = surveys.std(axis=(1, 2)) / np.sqrt(40 * 75)
clustered = surveys.mean(axis=2).std(axis=1, ddof=1) / np.sqrt(40)
pd.Series({"really": means.std(), "design forgotten": plain.mean(), "clusters": clustered.mean()}).to_frame("std_error")

# %% [markdown] lang="zh"
# 忘掉设计，误差就报小了；把访问员写进编码簿的 `cluster`，每个结果都会自动算对。
#
# ## 练习
#
# **02.1 重做** 下面的草稿里，哪些题是一题两问？提交题号，例如 `["q1", "q2"]`。
#
# | 题号 | 题目 |
# |---|---|
# | `q1` | 您对我们深受好评的客服有多满意？ |
# | `q2` | 价格和付款条件合理吗？ |
# | `q3` | 您最近经常来办事吗？ |
# | `q4` | 本次业务从取号到办结，等候时间您满意吗？ |
# | `q5` | 送货准时，货品完好吗？ |
# | `q6` | 您不觉得手续不方便吧？ |

# %% [markdown] lang="en"
# Without the design, errors look too small; name the interviewer as `cluster` in the codebook, and every result gets
# it right.
#
# ## Exercises
#
# **02.1 Repeat** Which questions of this draft ask two things at once? Hand in their numbers, such as `["q1", "q2"]`.
#
# | number | question |
# |---|---|
# | `q1` | How satisfied are you with our much praised service? |
# | `q2` | Are price and terms of payment reasonable? |
# | `q3` | Did you come here often recently? |
# | `q4` | How satisfied are you with the waiting time today? |
# | `q5` | Was the delivery on time and undamaged? |
# | `q6` | You did not find it inconvenient, did you? |

# %%
answer = ...
csi.course.check("02.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("02.1", ["q2", "q5"])  # price and terms; on time and undamaged

# %% [markdown] lang="zh"
# **02.2 重做** 树脂企业的全部客户见 `total`。满意率的误差要在正负 `0.05` 以内（95%），估计十家里有七家会回，
# 要邀请多少家？

# %% [markdown] lang="en"
# **02.2 Repeat** The resin maker has `total` customers. The satisfaction rate shall be sure to plus or minus `0.05`
# (at 95%), and seven in ten are expected to answer. How many have to be invited?

# %%
answer = ...
csi.course.check("02.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("02.2", csi.plan_sample("rate", margin=0.05, population=total, response_rate=0.7).invited)

# %% [markdown] lang="zh"
# **02.3 变一变（选修）** 从 `bare`（没有权数）出发，同时拟合地区比例 `shares` 和用户份额
# `market`。`sat_overall` 的均值是多少（0-100）？

# %% [markdown] lang="en"
# **02.3 Vary (optional)** Start from `bare` (no weights), and rake to the shares of the regions `shares` and to the
# market shares `market` at the same time. What is the mean of `sat_overall` (0-100)?

# %%
market = {"Amber": 0.4, "Birch": 0.3, "Coral": 0.2, "Dune": 0.1}
answer = ...
csi.course.check("02.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
both = csi.rake(bare, {"region": shares, "operator": market})
csi.course.check("02.3", csi.score_mean(both, "sat_overall").value("sat_overall"))

# %% [markdown] lang="zh"
# **02.4 变一变** 假如 `mobile` 只有一半的人作答。全体用户 `sat_overall` 的平均评分（量表 1-10）最低可能是多少？
# 用编码簿里的权数。

# %% [markdown] lang="en"
# **02.4 Vary** Suppose only half of those drawn for `mobile` answered. How low can the mean rating of `sat_overall`
# be (scale 1-10) for everybody? Use the weights of the codebook.

# %%
answer = ...
csi.course.check("02.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
half = csi.compare_nonresponse(mobile, ["sat_overall"], response_rate=0.5)
csi.course.check("02.4", half.value("sat_overall", "lower_bound", table="bounds"))

# %% [markdown] lang="zh"
# **02.5 用自己的数据** 读入你的答卷，写好编码簿，用 `csi.compare_nonresponse(..., response_rate=...)`
# 算出上下界并提交。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **02.5 Your own data** Read your answers with a codebook of your own, and hand in the bounds of
# `csi.compare_nonresponse(..., response_rate=...)`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("02.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
last = mobile.answers.query("wave == '2026H1'")
own = csi.Survey.from_frame(last, mobile.codebook, name="last wave")
csi.course.check("02.5", csi.compare_nonresponse(own, ["sat_overall"], response_rate=0.4))

# %% [markdown] lang="zh"
# ## 要点
#
# - 一题只问一件事，词要中性，时段要明确，量表两边对称，还要给“不了解”。
# - 编码簿写在发问卷之前：量表两端、反向题、缺失代码、权数、层、群、保密列。
# - 样本量取决于误差、总体和设计；多抽的用权数还回去。
# - 加权只纠正看得见的差别；沉默的不满，加权救不了。
# - 应答率、上下界和抽样设计，要与分数一起报告。
#
# ## 参考文献
#
# 样本量与权数：Kish（1965）；校准：Deville 与 Särndal（1992）；应答率按美国民意研究协会（AAPOR）的标准定义；
# 上下界：Manski 的部分识别思想。

# %% [markdown] lang="en"
# ## Key points
#
# - One thing per question, neutral words, a stated period, a balanced scale, and a way out for those who don't know.
# - The codebook comes before the questionnaire: ends, reversed items, missing codes, weights, strata, clusters,
#   private columns.
# - Sample size follows from margin, population and design; over-sampling is given back by weights.
# - Weights repair what the frame can see, not the silence of the unhappy.
# - Report response, bounds and design beside the score.
#
# ## References
#
# Sample sizes and weights: Kish (1965). Calibration: Deville and Särndal (1992). Response rates: the standard
# definitions of AAPOR. Bounds: Manski's partial identification.
