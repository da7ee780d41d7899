export const camera = {
  start: 'Start the camera',
  stop: 'Stop the camera',
  asking: 'Asking for the camera…',
  choose: 'Camera',
  unnamed: 'Camera {{number, number}}',
  retry: 'Try again',
  preview: 'Camera picture, mirrored',
  capture: {
    title: 'Record into {{label}}',
    hold: 'Hold to record',
    holding: 'Recording…',
    help: 'Hold the button, Space or Enter, and move the thing about.',
    taken_zero: 'None taken yet',
    taken_one: '{{count, number}} taken',
    taken_other: '{{count, number}} taken',
    close: 'Done',
  },
} as const;

export const trial = {
  title: 'Try it',
  empty: 'Show it something new: the answer appears here, live.',
  needsTraining: 'Train first, then show it something new: the answer appears here.',
  otherModel:
    'This classifier was trained on {{model}}. Load that again to use it, or train again on the one there is.',
  loadModel: 'Load it again',
  loadingModel: 'The pretrained model is on its way…',
  choose: 'Choose pictures',
  dropHint: 'or drop or paste pictures here',
  perSecond: '{{rate, rate}} a second',
  millis: '{{millis, number}} ms each',
  bars: 'How sure it is of each class',
  looking: 'Looking…',
  tried: 'Pictures you tried',
  clear: 'Clear',
} as const;
