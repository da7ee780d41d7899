/** What was done, as it stands after "Undo", "Redo" and "Undone:". */
export const edits = {
  'add-pictures_one': 'adding one picture',
  'add-pictures_other': 'adding {{count, number}} pictures',
  'remove-pictures_one': 'removing one picture',
  'remove-pictures_other': 'removing {{count, number}} pictures',
  'move-pictures_one': 'moving one picture to {{label}}',
  'move-pictures_other': 'moving {{count, number}} pictures to {{label}}',
  'unlabel-pictures_one': 'taking the label off one picture',
  'unlabel-pictures_other': 'taking the label off {{count, number}} pictures',
  'judge-by-pictures_one': 'using one picture for judging only',
  'judge-by-pictures_other': 'using {{count, number}} pictures for judging only',
  'learn-from-pictures_one': 'learning from one picture',
  'learn-from-pictures_other': 'learning from {{count, number}} pictures',
  'add-class': 'adding the class {{label}}',
  'add-classes': 'adding {{count, number}} classes',
  'remove-class': 'removing the class {{label}}',
  'rename-class': 'renaming {{label}} to {{to}}',
  'merge-classes': 'merging {{label}} into {{into}}',
  'reorder-classes': 'moving a class',
  'set-options': 'changing options',
  'rename-project': 'renaming the project',
  'remove-all': 'starting over',
} as const;

/** The frame around the three places. */
export const app = {
  name: 'Headstart',
  title: '{{project}} · Headstart',
  opening: 'Opening your project…',
  skipToPictures: 'Skip to pictures',
  skipToTraining: 'Skip to training',
  skipToTrial: 'Skip to try it',
  skip: 'Skip links',
  places: 'Places',
  projectName: 'Project name',
  unnamed: 'Untitled project',
  menu: 'More',
  settings: 'Settings',
  startOver: 'Start over',
  undo: 'Undo {{what}}',
  redo: 'Redo {{what}}',
  nothingToUndo: 'Nothing to undo',
  nothingToRedo: 'Nothing to redo',
  about: 'About and privacy',
  close: 'Close',
  inMemory: 'Not kept',
  inMemoryHelp: 'This browser keeps nothing for this page: closing the tab loses the work.',
  startOverAsk: {
    title: 'Start over?',
    text_zero: 'Classes, options and the trained classifier are removed. You can undo it.',
    text_one:
      'The picture, its class, the options and the trained classifier are removed. You can undo it.',
    text_other:
      'All {{count, number}} pictures, their classes, the options and the trained classifier are removed. You can undo it.',
    confirm: 'Remove everything',
    keep: 'Keep my work',
  },
  aboutText: {
    title: 'About Headstart',
    what: 'Headstart trains an image classifier on your own pictures. A model that has already seen a million photographs turns each picture into numbers; a small new part on top learns your classes from them.',
    privacyTitle: 'Your pictures stay here',
    privacy:
      'Everything happens in this browser, on this machine. Pictures, camera frames and results are never uploaded: there is no server that could receive them. Only the pretrained model is fetched, once, and then kept.',
    keptTitle: 'What is kept',
    kept: 'Pictures, classes, options and the classifier are kept in this browser’s storage until you delete the project or clear the browser’s data for this site. So are your last hundred steps, with what they removed, so that you can undo them.',
    offlineTitle: 'Without a network',
    offline:
      'After the first visit Headstart opens and works without a network, and can be installed like an app.',
    licence: 'Free software under the Apache License 2.0.',
  },
  drop: {
    project: 'Drop to add. Each folder becomes a class.',
    class: 'Drop to add to {{label}}',
    trial: 'Drop to have it classified',
  },
  paste: {
    title: 'Where does the picture go?',
    text_one: 'One picture was pasted.',
    text_other: '{{count, number}} pictures were pasted.',
    newClass: 'A new class',
    classify: 'Only classify it',
  },
} as const;

export const engine = {
  label: {
    ready: 'What computes: {{model}}, {{backend}}',
    busy: 'What computes: {{model}}, {{backend}}, getting ready',
    wrong: 'What computes: {{model}}, {{backend}}, not working',
  },
  details: 'What computes',
  starting: 'Starting',
  loading: 'Getting the model',
  noModel: 'No model',
  device: 'Device',
  source: 'Had from',
  input: 'Input',
  inputValue: '{{side, number}} × {{side, number}} pixels, {{min, number}} to {{max, number}}',
  size: 'Size',
  fingerprint: 'SHA-256',
  sources: {
    'own-origin': 'this site',
    'public-hosting': 'a public host',
    cache: 'this browser’s cache',
    files: 'your files',
  },
  backends: { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM', cpu: 'plain JavaScript' },
  reasons: {
    'hardware-gpu': 'The graphics processor of this machine does the work.',
    'no-gpu-adapter':
      'This browser offers no graphics processor, so the processor does the work. That is fine, only slower.',
    'software-gpu-only':
      'The graphics processor here is only imitated in software, which would be slower than the processor itself.',
    'asked-for': 'You asked for it in the settings or in the address.',
    'asked-for-but-failed': 'What you asked for didn’t start here, so the next best does the work.',
    'device-lost': 'The graphics processor stopped, so the next best took over.',
    'preferred-failed': 'The better choice didn’t start here, so the next best does the work.',
  },
  embedsWith: 'Pictures by',
  runtimes: { simd: 'Headstart’s SIMD runtime', tfjs: 'TensorFlow.js' },
  runtimeWith_one: '{{runtime}}, one thread',
  runtimeWith_other: '{{runtime}}, {{count, number}} threads',
  rates:
    'Measured here: {{simd, number}} pictures a second by Headstart’s SIMD runtime, {{tfjs, number}} by TensorFlow.js.',
  runtimeFailed: 'Headstart’s SIMD runtime can’t run this model here: {{failure}}.',
  runtimeDiffered: 'Headstart’s SIMD runtime gave other numbers here, so it isn’t used.',
  download: 'Getting {{model}}: {{received, bytes}}',
  downloadOf: 'Getting {{model}}: {{received, bytes}} of {{total, bytes}}',
  preparing: 'Getting {{model}} ready…',
  downloadCancel: 'Cancel the download',
  unreachable: {
    title: 'The pretrained model is missing',
    stopped: 'Nothing computes any more',
    retry: 'Try again',
    choose: 'Choose model files',
    tried: 'Where it was looked for',
  },
  range: {
    title: 'How does this model want its pixels?',
    text: '{{file}} doesn’t say which range its pixel values should have. It stands where you got the model from; most MobileNets in TensorFlow.js take −1 to 1.',
    signed: '−1 to 1',
    unit: '0 to 1',
    bytes: '0 to 255',
  },
} as const;

export const settings = {
  title: 'Settings',
  backend: 'Compute with',
  backendHelp:
    'Headstart measures the machine and takes what is fastest. Force another only to compare.',
  runtime: 'On the processor, pictures by',
  runtimeHelp:
    'Where WASM computes, pictures go through the faster of two runtimes. Both give the same numbers.',
  automatic: 'Automatic',
  theme: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
} as const;

export const notices = {
  region: 'Notices',
  dismiss: 'Dismiss',
  undo: 'Undo',
  see: 'See them',
  takeOver: 'Take it over',
  update: 'Load it now',
  more_one: '{{count, number}} more',
  more_other: '{{count, number}} more',
  leftOut: {
    title: 'Left out',
    of_one: '{{count, number}} of {{total, number}} files was left out',
    of_other: '{{count, number}} of {{total, number}} files were left out',
    only_one: '{{count, number}} file was left out',
    only_other: '{{count, number}} files were left out',
    with: '{{what}}: {{why}}.',
    and: '{{list}} and {{last}}',
    help: 'Everything else was added.',
  },
  doubts: {
    title: 'Worth a look',
    with: 'Worth a look: {{why}}.',
    help: 'These were added all the same.',
  },
  messages: {
    'pictures-removed_one': 'One picture was removed.',
    'pictures-removed_other': '{{count, number}} pictures were removed.',
    'pictures-moved_one': 'One picture was moved to {{label}}.',
    'pictures-moved_other': '{{count, number}} pictures were moved to {{label}}.',
    'class-removed_zero': 'The class {{label}} was removed.',
    'class-removed_one': 'The class {{label}} was removed with its picture.',
    'class-removed_other': 'The class {{label}} was removed with its {{count, number}} pictures.',
    'pictures-unlabelled_one': 'One picture has no label now.',
    'pictures-unlabelled_other': '{{count, number}} pictures have no label now.',
    'class-merged': '{{label}} is part of {{into}} now.',
    'all-removed': 'Everything was removed.',
    undone: 'Undone: {{what}}.',
    redone: 'Done again: {{what}}.',
    'project-not-here':
      'The project of this address isn’t in this browser, so another one was opened.',
    'project-deleted': 'The project {{name}} was deleted.',
    'pictures-added_one': 'One picture was added.',
    'pictures-added_other': '{{count, number}} pictures were added.',
    'class-gone_one': 'One picture was not added, because its class was removed meanwhile.',
    'class-gone_other':
      '{{count, number}} pictures were not added, because their class was removed meanwhile.',
    'trial-full_one':
      'The first {{tried, number}} pictures are tried; one more was left out. Try it next.',
    'trial-full_other':
      'The first {{tried, number}} pictures are tried; {{count, number}} more were left out. Try those next.',
    'arrival-resumed_one': 'One picture from last time is being looked at now.',
    'arrival-resumed_other': '{{count, number}} pictures from last time are being looked at now.',
    'classifier-imported': 'The classifier is here, with its classes: {{labels}}. Try it.',
    'classifier-imported-beside_one':
      'The classifier is here, with its classes: {{labels}}. Your picture is still there.',
    'classifier-imported-beside_other':
      'The classifier is here, with its classes: {{labels}}. Your {{count, number}} pictures are still there.',
    'backbone-imported': 'Your model {{name}} is used from now on.',
    'pictures-without-folder_one':
      'The picture lay in no folder, so it is in the class {{label}} now.',
    'pictures-without-folder_other':
      'The {{count, number}} pictures lay in no folder, so they are in the class {{label}} now.',
    'open-elsewhere':
      'This project is open in another tab too. What you do here is not kept, unless you take it over.',
    'taken-over':
      'Another tab has taken this project over. What you do here from now on is not kept.',
    'update-ready': 'A new version of Headstart is ready. Your work stays as it is.',
    'part-missing':
      'A part of this page could not be fetched. Load the page again when there is a connection: your work is kept.',
    'engine-restarted':
      'The part that computes stopped and was started again. What was under way goes on; nothing is lost.',
    'room-freed': '{{size}} of removed pictures are gone for good.',
    'storage-settled': 'There is room again: everything is kept in this browser.',
  },
} as const;
