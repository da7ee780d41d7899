/** A sentence for each code of `Problem`: what happened, then what to do. Values are its fields. */
export const problems = {
  'file-empty': '{{file}} is empty: it holds no data at all.',
  'file-not-an-image':
    "{{file}} isn't a picture that this browser can read, whatever its name says.",
  'file-damaged': '{{file}} is a picture, but it is cut off or damaged.',
  'file-crashes':
    'Looking at {{file}} made a part of this page stop, twice. It may need more memory than there is.',
  'file-unreadable': "{{file}} couldn't be read. It may have been moved or deleted.",
  'image-too-large':
    '{{file}} is {{widthPx, number}} × {{heightPx, number}} pixels, more than the {{maxMegapixels, number}} megapixels that fit. Make it smaller first.',
  'drawing-too-large':
    '{{file}} holds pictures of {{megapixels, number}} megapixels together, more than the {{maxMegapixels, number}} that fit. Make them smaller first.',
  'duplicate-in-class': '{{file}} is the same picture as {{other}}, which is in {{label}} already.',
  'duplicate-across-classes':
    '{{file}} is the same picture as {{other}} in {{otherLabel}}. One picture in two classes teaches nothing: keep it in {{label}} or in {{otherLabel}}.',
  'zip-damaged': '{{file}} is cut off or damaged, so nothing in it could be read. Get it again.',
  'zip-empty': '{{file}} is an archive with nothing in it.',
  'zip-encrypted':
    '{{file}} is locked with a password ({{entry}}). Unpack it yourself and drop the folder.',
  'project-of-other-kind':
    '{{file}} is a project of {{kind}}, not of pictures. Only picture projects of Teachable Machine can be opened here.',
  'project-empty':
    '{{file}} holds no pictures that Teachable Machine named. Open it there once more, save it, and drop that file.',
  'zip-nested':
    '{{file}} holds another archive, {{entry}}. Unpack that one yourself and drop its pictures.',
  'zip-too-large':
    '{{file}} would unpack to {{megabytes, number}} MB, more than the {{maxMegabytes, number}} MB that fit. Drop it in parts.',
  'zip-too-many-entries':
    '{{file}} holds {{entries, number}} files, more than the {{maxEntries, number}} that fit. Drop it in parts.',
  'label-empty': 'A class needs a name.',
  'label-too-long':
    'This name has {{length, number}} characters. The longest that fits has {{maxLength, number}}.',
  'label-taken': 'There is a class called {{label}} already. Choose another name.',
  'backbone-unreachable':
    "The pretrained model {{id}} couldn't be had from any of the places it is kept. Check the network and try again, or choose model files that you have.",
  'backbone-interrupted':
    'The download of {{id}} was cut off after {{receivedBytes, bytes}}. Try again.',
  'own-backbone-missing':
    "This project uses a pretrained model of your own, {{id}}, and that isn't in this browser. Drop its files on this page: model.json and its weights.",
  'model-json-invalid': "{{file}} isn't a TensorFlow.js model: {{reason}}.",
  'model-weights-missing_one':
    '{{file}} needs a weight file that is missing: {{missing}}. Choose it together with {{file}}.',
  'model-weights-missing_other':
    '{{file}} needs {{count, number}} weight files that are missing: {{missing}}. Choose them together with {{file}}.',
  'model-weights-short':
    '{{file}} should hold {{expectedBytes, bytes}} of weights but holds {{foundBytes, bytes}}. The download may have been cut off: get it again.',
  'model-input-unsupported':
    "{{file}} doesn't take pictures: its input has the shape {{shape}}. Choose an image model.",
  'model-no-features':
    'No layer of {{file}} sums a picture up in a row of numbers, so nothing can be trained on it. Choose another model.',
  'model-not-translatable':
    "The model's layer {{layer}} ({{operation}}) has no equal in this format: {{reason}}.",
  'model-format-closed':
    '{{file}} is a model in a format that can’t be opened here. What can: Headstart’s own export, and TensorFlow.js models with their weights.',
  'model-not-to-try':
    '{{file}} holds a model, not pictures to try. To open it, drop it on any other part of the page.',
  'nothing-to-calibrate':
    'Eight bits are set to what your pictures give, and there are none here. Add some of the kind it will see, or choose other weights.',
  'part-not-fetched':
    "{{part}}, which writes this, couldn't be fetched. Go online and write it again; from then on it is kept.",
  'model-range-unknown':
    "{{file}} doesn't say how it wants its pixels scaled. Choose the range that it was trained with.",
  'too-few-classes_one':
    'One class is not enough: there is nothing to tell it from. Add a second one.',
  'too-few-classes_other':
    'Add pictures of at least two kinds of things, each kind in a class of its own.',
  'class-empty': '{{label}} has no pictures yet. Add some, or remove the class.',
  'class-too-small_one': '{{label}} has one picture. It needs at least {{minImages, number}}.',
  'class-too-small_other':
    '{{label}} has {{count, number}} pictures. It needs at least {{minImages, number}}.',
  'loss-not-finite':
    'Training ran away in epoch {{epoch, number}}: the error grew beyond all numbers. The learning rate of {{learningRate, number}} is too large; try a smaller one. Nothing that you had is lost.',
  'option-invalid':
    '{{option}} is {{value}}, but it must lie between {{min, number}} and {{max, number}}.',
  'backend-failed': "{{backend}} didn't start: {{reason}}.",
  'device-lost':
    'The graphics processor stopped ({{backend}}). Work goes on with {{next}}; nothing is lost.',
  'engine-crashed':
    'The part that computes stopped in the middle of this: {{reason}}. It was started again and nothing that was kept is lost; you can try once more.',
  'engine-keeps-crashing':
    'The part that computes stopped several times in a row: {{reason}}. Everything that was kept is safe. Close other tabs and programs to free memory, then try again.',
  'export-crashed':
    'The part that writes and checks exports stopped: {{reason}}. Nothing is lost; you can try once more.',
  'storage-refused':
    "This browser doesn't keep data for this page ({{reason}}). You can work on, but closing the tab loses it: export what you want to keep.",
  'storage-full':
    'There is no more room in this browser to keep pictures. You can work on, but what is new is lost when the tab closes. Free up space, or delete a project that you no longer need.',
  'project-missing': "This project isn't here. It may have been deleted.",
  'project-damaged_one':
    'Part of what was kept of this project is damaged. One picture is missing, and earlier changes can no longer be undone.',
  'project-damaged_other':
    'Part of what was kept of this project is damaged. {{pictures, number}} pictures are missing, and earlier changes can no longer be undone.',
  'project-in-use': 'This project is open in another tab. Close it there first.',
  'project-file-invalid': "{{file}} can't be opened as a project: {{reason}}.",
  'project-backbone-invalid':
    "The project's own pretrained model is left out, because {{file}} can't be used: {{reason}}. Everything else is there. Unless this browser has that model already, drop its files on this page: model.json and its weights.",
  'file-not-written':
    "The file couldn't be written: {{reason}}. There may be no room for it. The project itself is safe.",
  'classifier-invalid': "{{file}} looks like a classifier but can't be used: {{reason}}.",
  'camera-refused':
    'The browser keeps the camera from this page. Allow it in the address bar, then try again.',
  'camera-missing': 'No camera was found. Plug one in and try again, or choose pictures instead.',
  'camera-busy': 'Another program is using the camera. Close it there and try again.',
  'camera-unsupported':
    'This page may not use a camera here: it needs https or this very machine. Choose pictures instead.',
  unexpected: 'Something went wrong that should not: {{reason}}. Nothing that was kept is lost.',
} as const;

/** What a left-out file is called in a count: "9 aren't pictures". */
export const problemCounts = {
  'file-empty_one': '{{count, number}} is empty',
  'file-empty_other': '{{count, number}} are empty',
  'file-not-an-image_one': "{{count, number}} isn't a picture",
  'file-not-an-image_other': "{{count, number}} aren't pictures",
  'file-damaged_one': '{{count, number}} is damaged',
  'file-damaged_other': '{{count, number}} are damaged',
  'file-crashes_one': "{{count, number}} can't be handled",
  'file-crashes_other': "{{count, number}} can't be handled",
  'file-unreadable_one': "{{count, number}} can't be read",
  'file-unreadable_other': "{{count, number}} can't be read",
  'image-too-large_one': '{{count, number}} is too large',
  'image-too-large_other': '{{count, number}} are too large',
  'drawing-too-large_one': '{{count, number}} is too large',
  'drawing-too-large_other': '{{count, number}} are too large',
  'duplicate-in-class_one': '{{count, number}} is there already',
  'duplicate-in-class_other': '{{count, number}} are there already',
  'duplicate-across-classes_one': '{{count, number}} picture is in two classes',
  'duplicate-across-classes_other': '{{count, number}} pictures are in two classes',
  'label-too-long_one': '{{count, number}} name was cut short',
  'label-too-long_other': '{{count, number}} names were cut short',
  'model-format-closed_one': "{{count, number}} is a model that can't be opened here",
  'model-format-closed_other': "{{count, number}} are models that can't be opened here",
  archive_one: "{{count, number}} archive can't be opened",
  archive_other: "{{count, number}} archives can't be opened",
  other_one: "{{count, number}} can't be used",
  other_other: "{{count, number}} can't be used",
} as const;

/** A sentence for each code of `Advice`: what does not stop training but is better said before than after. */
export const advices = {
  'few-images_one':
    '{{label}} has one picture. It works better with {{recommended, number}} or more.',
  'few-images_other':
    '{{label}} has {{count, number}} pictures. It works better with {{recommended, number}} or more.',
  unbalanced:
    '{{larger}} has {{largerImages, number}} pictures and {{smaller}} only {{smallerImages, number}}: the classifier will lean towards {{larger}}. Balance the classes in the options, or add pictures.',
} as const;
