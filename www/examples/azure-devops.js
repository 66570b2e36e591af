// The page of an extension: `SDK.init()` of azure-devops-extension-sdk comes before this, and applies
// the theme with the event `themeApplied`. Light or dark is told by the background.
const app = document.querySelector('kqlens-app');

/** How light a colour is, 0 to 1; a page without a theme is light. */
function lightness(colour) {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

function follow() {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.className = 'probe';
  probe.style.setProperty('color', 'var(--background-color, #fff)');
  document.body.append(probe);
  app.theme = lightness(getComputedStyle(probe).color) < 0.5 ? 'dark' : 'light';
  probe.remove();
}

window.addEventListener('themeApplied', follow);
follow();
