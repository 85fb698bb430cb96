// Light or dark: as the device has it, until somebody says otherwise here.
export type Theme = 'light' | 'dark';
const remembered = 'haat.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const state = $state<{ chosen: Theme | null; device: Theme }>({
  chosen: null,
  device: dark.matches ? 'dark' : 'light',
});
dark.addEventListener('change', (event) => {
  state.device = event.matches ? 'dark' : 'light';
});

export function theme(): Theme {
  return state.chosen ?? state.device;
}

export function startTheme(): void {
  try {
    const kept = localStorage.getItem(remembered);
    if (kept === 'light' || kept === 'dark') choose(kept);
  } catch {
    // Nothing kept: the device's own setting holds.
  }
}

function choose(next: Theme): void {
  state.chosen = next;
  document.documentElement.dataset['theme'] = next;
}

export function switchTheme(): void {
  choose(theme() === 'dark' ? 'light' : 'dark');
  try {
    localStorage.setItem(remembered, theme());
  } catch {
    // Holds until the page is closed.
  }
}
