// Opened by a double click, the page may load neither its script (a module) nor
// the model. This is a classic script, the one kind that runs there, and says so.
if (location.protocol === 'file:') {
  document.documentElement.classList.add('from-file');
}
