/** Papers of 2026-08-06 by their facts, with counts as they stood when the list was recorded; the words are ours. */
import type { SamplePaper } from './sample-paper.js'

export const papersOf20260806: SamplePaper[] = [
  {
    id: '2608.04436',
    title: 'ToolArtist: Tool-Using Unified Multimodal Models for Agentic Image Generation',
    summary:
      'One model that thinks, looks things up and draws: the agent decides by itself when to search and when to paint.',
    abstract:
      "Pictures of things a model has never seen go wrong because it can't look them up. Here reasoning, tool calls and drawing are trained as one policy instead of a fixed pipeline: first on recorded runs of a teacher with search tools, then by reinforcement learning with separate rewards for intent and quality. Giving the agent the whole process beats giving it parts of it.",
    authors:
      'Jiahao Zhao, Xiaomin Yu, Zhongxiang Sun, Fengwei Teng, Chengwei Qin, Xiaobin Hu, Jun Xu, Shuicheng Yan',
    organisation: null,
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-05',
    votes: 43,
    comments: 0,
    stars: null,
  },
  {
    id: '2608.05102',
    title: 'ABSeeker: Training Long-Horizon Search Agents via Answer-Backtracked Credit Assignment',
    summary:
      'Search agents learn from each step and not only from the final answer, by walking back from the answer to its clues.',
    abstract:
      'A long search that ends in a wrong answer may still hold many good steps, and the usual training punishes all of them. This work recovers the clues that lead to the answer, scores every step against them, and uses the scores both in supervised training and as rewards. A 4B model trained on 8,500 examples keeps up with far larger searchers on BrowseComp in English and Chinese.',
    authors: 'Yijun Lu, Rui Ye, Jiajun Wang, Yuwen Du, Tian Jin, Songhua Liu, Siheng Chen',
    organisation: 'Shanghai Jiao Tong University',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-05',
    votes: 42,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.04570',
    title: 'The Personalization Mirage: How LLMs Fabricate User Profiles, and Why Self-Monitoring Misleads',
    summary:
      'Twelve assistants with memory invent between 35 and 49 per cent of what they claim to know about their users.',
    abstract:
      'Assistants that remember are meant to know us better. A benchmark with 150 personas and six tasks asks how much of a user profile is backed by evidence, and finds that every model tested over-infers. Worse, the models that report least about their own guessing are often those that guess most, so self-audits say little when models are compared.',
    authors: 'Yushi Sun, Yanjie Zhang, Rui Sheng',
    organisation: 'HKUST',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-05',
    votes: 35,
    comments: 2,
    stars: null,
  },
  {
    id: '2608.05000',
    title:
      'Towards Physics of Multimodal Pretraining: Knowledge Flow, Modality Synergy, Early Unification, and Recipes',
    summary:
      'Controlled experiments on what text, vision and image generation teach each other when they are trained together.',
    abstract:
      'Training one model on words and pictures from the start is the trend, and little is known about what happens inside. The authors trace which way knowledge flows between language, understanding and generation, when the three help or hinder each other, and how early they should be joined, and turn the findings into recipes for pretraining.',
    authors:
      'Junlin Han, Shengbang Tong, David Fan, Minghao Chen, Philip Torr, Filippos Kokkinos, Mike Lewis',
    organisation: 'AI at Meta',
    codeUrl: null,
    projectUrl: 'https://junlinhan.github.io/projects/physics_of_mm_pretrain/',
    publishedOn: '2026-08-05',
    votes: 28,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.05013',
    title: 'OneDayAgent: Towards a Long-Horizon Harness for Autonomous Agents',
    summary:
      "A harness that carries an agent through a whole day's errand: split it up, remember, check, repair.",
    abstract:
      'Everyday requests cross tools, files and hours, and agents lose the goal on the way. OneDayAgent breaks a request into bounded subtasks, keeps a working memory that survives a full context, and verifies and mends what it delivers. The study runs 104 tasks over several model backends to see whether one harness can hold all of this together.',
    authors: 'Jingsheng Zheng, Xinyuan Fang, Jintian Zhang, Zhengke Gui, Huajun Chen, Ningyu Zhang',
    organisation: 'ZJUNLP',
    codeUrl: 'https://github.com/zjunlp/OneDayAgent',
    projectUrl: null,
    publishedOn: '2026-08-04',
    votes: 23,
    comments: 1,
    stars: 2,
  },
  {
    id: '2608.03764',
    title: 'GDPevo: Evaluating Agent Self-Evolution on Real Business Tasks',
    summary:
      'Do agents that learn from experience get better at business work? A benchmark built so that the gain can be traced.',
    abstract:
      'Agents that update themselves are hard to measure, since a better score may come from anywhere. GDPevo takes workflows from sales, finance, health care and law apart into single rules, spreads the rules over training tasks and combines them anew in hidden tests, so that an improvement can be attributed to what was learnt.',
    authors:
      'Leijun Zhou, Zhihao Liu, Xiang Qu, Chenxu Liu, Yifei Liu, Yanke Yu, Jingzhe Xu, Xuejun Wu, Buyue Qian, Xi Chen, Yaowei Zheng, Junhao Hu',
    organisation: 'Prism Shadow',
    codeUrl: 'https://github.com/Prism-Shadow/GDPevo',
    projectUrl: 'https://prism-shadow.github.io/GDPevo/',
    publishedOn: '2026-08-04',
    votes: 19,
    comments: 1,
    stars: 44,
  },
  {
    id: '2608.03632',
    title: 'When Teachers Mislead: Spurious-Signal-Aware On-Policy Distillation',
    summary:
      'Teachers can be confidently wrong for the wrong reasons; this distillation notices and turns those signals down.',
    abstract:
      "When a student model is corrected token by token, part of the teacher's advice comes from habits of language and layout rather than from the input. The authors call these spurious signals, show that they can dominate the gradients, and weigh each correction by how much it is grounded in what the task says.",
    authors: 'Yinuo Jiang, Yongjie Ye, Zhou Tao, Xiang Zhuang, Qiang Zhang, Huajun Chen, Tiankai Li',
    organisation: 'ByteDance',
    codeUrl: 'https://github.com/jjjyinuo/SA-OPD',
    projectUrl: null,
    publishedOn: '2026-08-04',
    votes: 18,
    comments: 1,
    stars: 1,
  },
  {
    id: '2608.05139',
    title: 'Toward Skill-Native LLMs: Skill Entropy for Benchmarking and Training Long-Horizon Reasoning',
    summary:
      'How hard is it for a model to change from one skill to another in the middle of a chain of thought?',
    abstract:
      'Real problems mix a derivation, a plan and a lookup in one go. Skill entropy measures how difficult the change-overs are, a benchmark covers 558 skills in nine domains at three levels of difficulty, and training that takes the measure into account makes models steadier on long mixed chains.',
    authors:
      'Yinghui He, Ling Yang, Jiarui Liu, Yongjin Yang, Lechen Zhang, Yingcheng Wu, Zhenfei Yin, Mengdi Wang, Sanjeev Arora',
    organisation: 'Princeton University',
    codeUrl: 'https://github.com/Gen-Verse/Skill-Entropy-RL',
    projectUrl: 'https://huggingface.co/datasets/Gen-Verse/Skill2-Bench',
    publishedOn: '2026-08-05',
    votes: 16,
    comments: 1,
    stars: 3,
  },
  {
    id: '2608.04397',
    title:
      'NOLLI: A Difficulty-Calibrated Puzzle Benchmark for Diagnosing the English-Korean Performance Gap',
    summary:
      'Puzzles in English and Korean, calibrated to the same difficulty, to find where the gap between the languages opens.',
    abstract:
      'Fifteen kinds of generated puzzles come with unique solutions and seeds, in matched translations, in versions that play with Hangul letters, and in ones that only exist in Korean. On matched puzzles strong models do equally well in both languages; what costs them is the script and the culture.',
    authors: 'Dasol Choi, Joonyong Park, Daegon Yu, Soo Yong Kim, Youngsook Song, Seunghyeok Hong',
    organisation: 'HAE-RAE',
    codeUrl: 'https://github.com/HAE-RAE/NOLLI',
    projectUrl: null,
    publishedOn: '2026-08-05',
    votes: 15,
    comments: 3,
    stars: 2,
  },
  {
    id: '2607.24821',
    title: 'AVE-Compass: Towards Holistic Evaluation for Audio-Video Editing Abilities',
    summary: 'A benchmark for editing sound and picture together, with thousands of small yes-or-no checks.',
    abstract:
      'Change a clip from rain to snow and the sound has to change too. AVE-Compass holds 145 source videos and 196 instructions that touch both senses, and judges obedience, fidelity, realism and intent with checklists and automatic measures. Current editors still struggle to change one sense without breaking the other.',
    authors:
      'Yuqing Wen, Yukai Huang, Qianqian Xie, Jiangtao Wu, Yibin Lin, Yikai Gu, Jialu Chen, Yuanxing Zhang, Jiaheng Liu',
    organisation: 'NJU-LINK Lab',
    codeUrl: 'https://github.com/NJU-LINK/AVE-Compass',
    projectUrl: 'https://ave-compass.github.io/',
    publishedOn: '2026-07-17',
    votes: 14,
    comments: 1,
    stars: 3,
  },
  {
    id: '2608.02580',
    title: 'Ego2Robot: Scalable Robot Data Synthesis from Egocentric Human Data',
    summary: 'Videos of human hands become 18,561 hours of training data for fifteen kinds of robot.',
    abstract:
      'Robot data is scarce, and films of people doing things are not. Ego2Robot retargets the motion, paints a robot arm over the human one and filters the result, for curated sets and for videos found in the wild. The question it settles is whether such data still helps when a large vision-language-action model is pretrained on it.',
    authors:
      'Ye Wang, Pei Lin, Xiong-Hui Chen, Haoqi Yuan, Zhixuan Liang, Yiyang Huang, Anzhe Chen, Zixing Lei, Jie Zhang, Tao Zhang, Haoyang Li, Tong Zhang, Chenxi Xiao, Ziyuan Jiao, Qin Jin',
    organisation: null,
    codeUrl: null,
    projectUrl: 'https://www-ye.github.io/ego2robot_blog/',
    publishedOn: '2026-08-03',
    votes: 13,
    comments: 1,
    stars: null,
  },
  {
    id: '2608.04574',
    title: 'When Memory Lies: An Empirical Study of Spatial Memory Staleness in VLM Agents',
    summary:
      "When the map in an agent's memory is out of date, seeing the contradiction is not the same as acting on it.",
    abstract:
      'Agents with spatial memory trust what they remember after the world has moved on. In a changing grid world the authors compare text with images: models that spot stale entries in text can miss them almost entirely in a picture of the same grid, and the weakest go on explaining their wrong route fluently.',
    authors: 'Yushi Sun, Yanjie Zhang',
    organisation: 'Tencent',
    codeUrl: null,
    projectUrl: null,
    publishedOn: '2026-08-05',
    votes: 11,
    comments: 1,
    stars: null,
  },
]
