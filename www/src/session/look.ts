// How the page may look; the names are those of the element's attributes.
export const THEMES = ['auto', 'light', 'dark', 'hc-light', 'hc-dark'] as const;
export type Theme = (typeof THEMES)[number];

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

export interface Look {
  theme: Theme;
  density: Density;
}
