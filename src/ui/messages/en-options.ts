/** Every option: its name, one plain sentence of what it does, and the exact term where the name is a plainer one. */
export const options = {
  open: 'Options',
  reset: 'Reset to defaults',
  changed_one: '{{count, number}} changed',
  changed_other: '{{count, number}} changed',
  between: 'Enter a number from {{min}} to {{max}}.',
  betweenWhole: 'Enter a whole number from {{min}} to {{max}}.',
  automaticIs: 'auto: {{value}}',
  groups: {
    pictures: 'Pictures',
    judging: 'Judging',
    learning: 'Learning',
    network: 'Network',
    memorising: 'Against learning by heart',
  },
  backboneId: {
    name: 'Pretrained model',
    help: 'Turns each picture into numbers; a smaller one is faster and a little less exact.',
    size: '{{bytes, bytes}}',
    here: 'on this site',
  },
  crop: {
    name: 'Crop',
    help: 'How a picture becomes square: cut out the middle, fit it whole with a border, or stretch it.',
    centre: 'Middle',
    pad: 'Fit',
    stretch: 'Stretch',
  },
  validationShare: {
    name: 'Kept aside',
    help: 'The share of each class that is not learned from, so that it can judge the result.',
  },
  seed: {
    name: 'Seed',
    help: 'The start of every random choice: the same number gives the same result again.',
  },
  solver: {
    name: 'Solver',
    help: 'Exact goes straight to the best weights there are, in a moment. Step by step learns epoch by epoch: for hidden layers, and to watch and understand learning.',
    exact: 'Exact',
    'step-by-step': 'Step by step',
  },
  upToDate: {
    name: 'Always up to date',
    help: 'Once trained, it learns again by itself whenever pictures or options change. Kept in this browser.',
  },
  epochs: {
    name: 'Epochs',
    help: 'How many times at most all pictures are gone through. Left empty, it fits how many there are.',
  },
  learningRate: {
    name: 'Learning rate',
    help: 'How large the steps of learning are: too large runs away, too small takes for ever. Left empty, it fits the pretrained model.',
  },
  schedule: {
    name: 'Schedule',
    help: 'How the learning rate falls while it learns: not at all, smoothly, or in steps.',
    constant: 'Constant',
    cosine: 'Cosine',
    step: 'Steps',
  },
  warmup: {
    name: 'Warm-up',
    help: 'The share of training over which the learning rate first rises from zero.',
  },
  optimizer: {
    name: 'Optimizer',
    help: 'The rule for each step: Adam fits its steps by itself, SGD is the plain textbook one.',
    adam: 'Adam',
    sgd: 'SGD',
  },
  momentum: {
    name: 'Momentum',
    help: 'How much of the last step SGD carries on into the next.',
  },
  batchSize: {
    name: 'Batch size',
    help: 'How many pictures each step looks at. Left empty, it fits how many there are.',
  },
  loss: {
    name: 'Loss',
    help: 'What counts as an error: cross-entropy suits classes, squared error is there to compare.',
    'cross-entropy': 'Cross-entropy',
    'mean-squared-error': 'Squared error',
  },
  hiddenLayers: {
    name: 'Hidden layers',
    help: 'Extra layers between the pretrained model and the answer, for classes that are hard to tell apart. They need the solver that goes step by step.',
    none: 'None',
    one: 'One',
    two: 'Two',
  },
  hiddenUnits: {
    name: 'Units of layer {{layer, number}}',
    help: 'How many numbers this layer computes with.',
  },
  dropout: {
    name: 'Dropout',
    help: 'The share of hidden units left out at random in each step, so that none is relied on alone.',
  },
  l2: {
    name: 'L2 penalty',
    tried: 'tried out',
    help: 'Keeps the weights small, which keeps single pictures from counting too much. Left empty, it fits how many there are; the exact solver also tries weaker and stronger ones on the pictures kept aside.',
  },
  labelSmoothing: {
    name: 'Label smoothing',
    help: 'Asks for a little less than full certainty, which makes the percentages less boastful.',
  },
  balancedClassWeights: {
    name: 'Balance the classes',
    help: 'Lets a class with few pictures count as much as one with many.',
  },
  earlyStopping: {
    name: 'Stop early',
    help: 'Stops when the pictures kept aside no longer get better, and keeps the best epoch.',
  },
  patience: {
    name: 'Patience',
    help: 'How many epochs without getting better are waited for.',
  },
} as const;
