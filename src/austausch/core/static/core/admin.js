// Starts what Wagtail would start with inline scripts: see core/admin_scripts.py. Only these, by name.
const STARTS = new Set(["initDateChooser", "initTimeChooser", "initDateTimeChooser"]);
const CONSTRUCTORS = new Set([
  "InlinePanel", "MultipleChooserPanel", "Chooser", "PageChooser", "ImageChooser", "DocumentChooser", "SnippetChooser",
]);

function start(element) {
  const name = element.dataset.start;
  const given = JSON.parse(element.dataset.arguments);
  delete element.dataset.start;
  if (STARTS.has(name)) window[name](...given);
  else if (CONSTRUCTORS.has(name)) new window[name](...given);
}

function startAllIn(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.matches("template[data-start]")) start(node);
  for (const element of node.querySelectorAll("template[data-start]")) start(element);
}

// From the first moment, so that each starts when the parser or Wagtail puts it there, as an inline script would.
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(startAllIn);
}).observe(document.documentElement, { childList: true, subtree: true });
startAllIn(document.documentElement);
