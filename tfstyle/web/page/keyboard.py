"""What gradio gives to a mouse alone: the line between before and after, and choices by arrows."""

SCRIPT = """
<script>
{
const steps = {
  ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02,
  PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1,
};
const placeOf = line => {
  const within = line.parentElement.getBoundingClientRect();
  const right = new DOMMatrix(getComputedStyle(line).transform).m41;
  return {left: within.x, top: within.y, width: within.width, right};
};
const tell = line => {
  const {right, width} = placeOf(line);
  line.setAttribute('aria-valuenow', Math.round(100 * right / (width || 1)));
};
// As a mouse would: what gradio listens to.
const drag = (line, share) => {
  const {left, top, width, right} = placeOf(line);
  const to = Math.min(width, Math.max(0, right + share * width));
  // In whole pixels, which they are cut to otherwise.
  const send = (target, type, x) => target.dispatchEvent(new MouseEvent(type, {
    view: window, bubbles: true, cancelable: true,
    clientX: Math.round(left + x), clientY: Math.round(top) + 1,
  }));
  send(line, 'mousedown', right);
  send(window, 'mousemove', to);
  send(window, 'mouseup', to);
};
const makeMovable = line => {
  const facts = {
    role: 'slider', tabindex: '0', 'aria-orientation': 'horizontal',
    'aria-label': 'Line between before and after', 'aria-valuemin': '0', 'aria-valuemax': '100',
  };
  Object.entries(facts).forEach(([name, value]) => line.setAttribute(name, value));
  line.addEventListener('keydown', event => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    drag(line, steps[event.key]);
  });
  new MutationObserver(() => tell(line)).observe(line, {attributeFilter: ['style']});
  tell(line);
};
// gradio gives each a name of its own; by arrows one goes through those of one name.
const group = radio => {
  radio.name = radio.closest('fieldset').querySelector('input[type="radio"]').name;
};
const all = (selector, action) => document.querySelectorAll(selector).forEach(action);
new MutationObserver(() => {
  all('#slider [data-testid="slider"]:not([role="slider"])', makeMovable);
  all('fieldset input[type="radio"]', group);
}).observe(document, {subtree: true, childList: true});
}
</script>
"""
"""Stands in the page's head, and looks again whenever something new is shown.

Reference: the slider of the W3C's ARIA Authoring Practices Guide.
"""
