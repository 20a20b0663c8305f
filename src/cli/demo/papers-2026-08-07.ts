/** Papers of 2026-08-07 by their facts, with counts as they stood when the list was recorded; the words are ours. */
import type { SamplePaper } from './sample-paper.js'

export const papersOf20260807: SamplePaper[] = [
  {
    id: '2608.05987',
    title: 'AgentOPSD: Recursive Self-Distillation for Agentic Reinforcement Learning',
    summary:
      'Credit goes to the few turns that decided the outcome, without a critic and without extra rollouts.',
    abstract:
      'In a long task only a handful of decisions matter, and a reward at the end does not say which. AgentOPSD sums up how far teacher and student disagree in each turn, updates a belief about success with it, and rewards a turn by how much it moved that belief. On ALFWorld, WebShop and search tasks it beats GRPO with 3B and 7B models.',
    authors:
      'Zi-Han Wang, Zhengxi Lu, Zhiyuan Yao, Jinyang Wu, Jie Wu, Zhengzhou Cai, Yueqing Sun, Ziang Ye, Linji Hao, Qi Gu, Xunliang Cai, Yongliang Shen, Yujiu Yang',
    organisation: 'Tsinghua University',
    codeUrl: 'https://github.com/ZethWang/AgentOPSD',
    projectUrl: null,
    publishedOn: '2026-08-06',
    votes: 51,
    comments: 1,
    stars: 2,
  },
  {
    id: '2608.05248',
    title: 'WorldClaw: Agentic 3D Open-World Generation at Scale',
    summary:
      'Planning agents turn a paragraph of text into a large 3D landscape that can be walked through and edited.',
    abstract:
      'Large worlds need one coherent terrain and detail everywhere, and designers want separate objects they can move. WorldClaw plans regions, materials and relations from a prompt, raises the terrain, fills the places that deserve detail with editable meshes, and lets agents look at renderings to correct contacts and appearance.',
    authors: 'Chunchao Guo, Jinpeng Li, Yang Li, Zilong Huang',
    organisation: 'Tencent Hunyuan',
    codeUrl: null,
    projectUrl: 'https://tencent-hunyuan.github.io/Hunyuan3D-WorldClaw/',
    publishedOn: '2026-08-05',
    votes: 39,
    comments: 0,
    stars: null,
  },
  {
    id: '2607.28609',
    title: 'OSReward: Instituting Standardized Evaluation for Cross-Platform Computer-Use Reward Models',
    summary:
      'Can a vision-language model tell whether a computer-using agent did its job? Mostly it is too kind.',
    abstract:
      "Judging agents' runs by hand does not scale, so models judge them. OSReward checks the judges with trajectories that people have labelled in several rounds, across platforms and agents. Even the best share a bias towards calling failures successes, the dependable ones cost too much, and a corpus of 100,000 reasoned judgements is released to train cheaper ones.",
    authors:
      'Qiushi Sun, Kanzhi Cheng, Yian Wang, Bowen Yang, Hang Yan, Liheng Chen, Fangzhi Xu, Zichen Ding, Nuo Chen, Jialin Cao, Xingdong Gong, Zehao Li, Kaiming Jin, Xinfeng Yuan, Zhoumianze Liu, Jingyang Gong, Zhangyue Yin, Jiahui Gao, Zhiyong Wu, Tianbao Xie, Jianbing Zhang, Ben Kao, Lingpeng Kong',
    organisation: 'NLP Group of The University of Hong Kong',
    codeUrl: 'https://github.com/OS-Copilot/OSReward',
    projectUrl: 'https://os-copilot.github.io/OSReward-Home/',
    publishedOn: '2026-07-30',
    votes: 39,
    comments: 1,
    stars: 6,
  },
  {
    id: '2608.06197',
    title:
      'EnvACE: Internalizing Environment Dynamics via World Rehearsal for Agentic Reinforcement Learning',
    summary:
      "Instead of building environments, the model rehearses them: it acts, then plays the world's reply itself.",
    abstract:
      'Executable environments for tool use are expensive to build and to verify. EnvACE lets one policy alternate between calling a tool and imagining its response, and rewards both for solving the task. The world model that grows inside helps at test time too, when the agent may rehearse in private before it commits.',
    authors:
      'Zishan Xu, Zhiyuan Yao, Yuxin Chen, Yifu Guo, Zhengxi Lu, Yuquan Lu, Jinyang Huang, Yan Xu, Yasheng Wang, Weinan Zhang, Xingshan Zeng, Weiwen Liu',
    organisation: 'Tencent',
    codeUrl: 'https://github.com/Within-yao/EnvACE',
    projectUrl: 'https://within-yao.github.io/EnvACE/',
    publishedOn: '2026-08-06',
    votes: 26,
    comments: 1,
    stars: 3,
  },
  {
    id: '2608.06060',
    title:
      'Learning from Failures: Retrieval-Centric CoT via Hard Negatives for Unified Multimodal Retrieval',
    summary: 'A retriever that studies its own near misses before it searches again.',
    abstract:
      'Reasoning about a query says what it describes and not what the retriever got wrong. UniME-R1 looks at the first candidates one by one, finds the cues that were confused, and then either reorders them or writes a better direction and searches the whole corpus again. Hard negatives teach it what failure looks like.',
    authors: 'Zelong Sun, Jun Wang, Kaicheng Yang, Tiancheng Gu, Ziyong Feng, Zhiwu Lu',
    organisation: 'DeepGlint',
    codeUrl: 'https://github.com/deepglint/UniME-R1',
    projectUrl: null,
    publishedOn: '2026-08-06',
    votes: 25,
    comments: 1,
    stars: 3,
  },
  {
    id: '2608.05631',
    title: 'ChronoVision: Temporal Reasoning via Latent State Reconstruction',
    summary:
      'To follow a transformation, predict what its end will look like rather than putting each step into words.',
    abstract:
      'Language is a poor medium for motion that goes on continuously. ChronoVision adds a head that reconstructs the latent picture of the final state and a module that looks at the region that matters, then rewards both the answer and the way to it. A new set turns video reasoning into the strict ordering of images.',
    authors:
      'Yifan Shen, Jian Xu, Boyi Li, Yuner Zhang, Tianjiao Yu, Bingxuan Li, Houze Yang, Rushi Wang, Xu Cao',
    organisation: 'PediaMed AI',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-06',
    votes: 24,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.06020',
    title: 'From Economic Agents to Agentic Economies: A Systems Blueprint for Economic World Models',
    summary:
      'A road map for simulating economies whose people, markets and institutions all change each other.',
    abstract:
      'Economic world models grow aggregate results from agents with beliefs and rules. The authors set out six levels, from fixed rules to twins that track real data, and survey what exists: most of it sits on the lower levels, while agents that evolve, institutions that change and lasting checks against reality are rare.',
    authors:
      'Jiale Han, Xiang Li, Jing Qian, Wenyuan Gu, Pin Gao, Ye Luo, Hongyuan Zha, Dacheng Tao, Benyou Wang, Lin William Cong',
    organisation: 'FreedomAI',
    codeUrl: 'https://github.com/FreedomIntelligence/Awesome-Economic-World-Models',
    projectUrl: 'https://economic-world-model.github.io/',
    publishedOn: '2026-08-06',
    votes: 22,
    comments: 1,
    stars: 48,
  },
  {
    id: '2608.05747',
    title: 'GST-Bench: Can VLMs Develop Global Spatial Awareness from Video?',
    summary:
      'After a long walk through a scene, the best model draws a far worse map of it in its head than people do.',
    abstract:
      'Benchmarks of space mostly show a view or two. GST-Bench asks for the whole: questions from viewpoints the video never showed, and places found on a map from above, over thousands of minutes of film. The best model reaches 43 where people reach 79, and local understanding turns out not to be the cause.',
    authors:
      'Qifeng Zhang, Kaixiang Huang, Heng Dong, Huang Fang, Junting Chen, Junjie Zhu, Yonghang Chen, Zhiyu Zhang, Wei Li',
    organisation: 'ByteDance Seed',
    codeUrl: null,
    projectUrl: 'https://qwerirwq.github.io/GST-Bench/',
    publishedOn: '2026-08-06',
    votes: 20,
    comments: 0,
    stars: null,
  },
  {
    id: '2608.05802',
    title: 'On-Policy Delta Distillation for Multilingual Math Reasoning',
    summary:
      'What a teacher learnt after its base training is the signal that helps students most, above all in Korean and Japanese.',
    abstract:
      "Distilling on the student's own answers can stand in for reinforcement learning, and was mostly tried in English. Using the gap between a trained teacher and its base model as the signal works better in three languages. Training in English alone also helps the other two, but pulls their answers towards English.",
    authors: 'Byeongho Heo, Jaehui Hwang, Sangdoo Yun, Dongyoon Han',
    organisation: 'NAVER AI Lab',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-06',
    votes: 18,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.06301',
    title: 'HarnessOpt-Bench: Evaluating LLMs at Harness Optimization',
    summary: 'How well can models improve the scaffolding around another model, on a budget and under audit?',
    abstract:
      'Prompts, tools and control flow decide much of what an agent can do, so letting a model improve them is tempting. This benchmark gives an optimiser a starting harness, noisy and costly feedback and a fixed budget, and scores its final choice on hidden tests. Over 111 runs, which model optimises matters more than the tools it uses to do so.',
    authors:
      'Varun Ursekar, Apaar Shanker, Yash Maurya, Shehab Yasser, Vijay S. Kalmath, Veronica Chatrath, Yuan Xue',
    organisation: 'Scale AI',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-06',
    votes: 17,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.06374',
    title:
      'DyPES-VLA: Learning Shared Dynamics Priors and Embodiment-Specific Control for Cross-Embodiment Manipulation',
    summary: 'Robots with different bodies share one sense of how the world moves, and keep their own hands.',
    abstract:
      "A generalist policy has to drive arms that do not resemble each other. DyPES-VLA first learns to foresee how scenes change from everybody's data, then lets experts for each body turn that into commands in its own terms, with no common action format worked out by hand.",
    authors:
      'Junfeng Li, Junjie He, Zhide Zhong, Yangyang Zheng, Pingyue Sheng, Jiayu Dong, Ruixin Li, Haodong Yan, Jiaguan Zhu, Tianran Zhang, Runze Yu, Wen Chen, Liuqing Yang, Yuxiang Gao, Haoang Li',
    organisation: null,
    codeUrl: null,
    projectUrl: 'https://livfour.github.io/DyPES-VLA_RELEASE/',
    publishedOn: '2026-08-06',
    votes: 14,
    comments: 0,
    stars: null,
  },
  {
    id: '2608.05369',
    title: 'World-to-Wrist: Task-Conditioned Future Wrist Modeling for Fine-Grained Robot Manipulation',
    summary:
      'The camera on the wrist sees the crucial centimetres, so the model predicts what it is about to see.',
    abstract:
      "Views from above and from the wrist play different parts, and most models treat them alike. W2-VLA forecasts the wrist's view under the task at hand and feeds the forecast to the action head, with synthetic notes on progress and contact as extra lessons. Fine work gets better with one arm and two, at more than 80 actions a second.",
    authors:
      'Yuhao Pan, Haosong Peng, Zhengshen Zhang, Zhengyang Yan, Yalun Dai, Fushuo Huo, Chujie Wang, Tianyu Qi, Xiucheng Wang, Nan Cheng, Wenchao Xu',
    organisation: null,
    codeUrl: 'https://github.com/yyyyu120/W2-VLA',
    projectUrl: 'https://yyyyu120.github.io/W2-VLA/',
    publishedOn: '2026-08-05',
    votes: 14,
    comments: 1,
    stars: 9,
  },
]
