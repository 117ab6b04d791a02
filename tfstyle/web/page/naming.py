"""Names for what gradio shows without one, so that screen readers can say what it is."""

SCRIPT = """
<script>
const names = [
  ['#slider img[src*="before"]', 'alt', 'Before: the photograph'],
  ['#slider img:not([src*="before"])', 'alt', 'After: the painted picture'],
  ['button.gallery-item img', 'alt', 'An example: take this picture'],
  ['#command textarea', 'aria-label', 'The command that makes the same picture'],
];
const name = () => names.forEach(([selector, attribute, text]) =>
  document.querySelectorAll(selector).forEach(element => {
    if (!element.getAttribute(attribute)) element.setAttribute(attribute, text);
  }));
new MutationObserver(name).observe(document, {subtree: true, childList: true});
</script>
"""
"""Stands in the page's head, and looks again whenever something new is shown."""
