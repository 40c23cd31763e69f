/** SVG paths of icons in a box of 20 by 20. */
export const ICON_PATHS = {
  home: 'M3 10.5 10 4l7 6.5V17h-5v-4H8v4H3z',
  data: 'M3 5h14M3 10h14M3 15h14',
  bolt: 'M11 2 4 11h5l-1 7 7-9h-5z',
  check: 'M4 10.5 8 15l8-9',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3',
  inbox: 'M3 12 5 4h10l2 8v4H3zM3 12h4l1 2h4l1-2h4',
  gauge: 'M3 15a7 7 0 1 1 14 0M10 15l4-5',
  sliders: 'M4 6h8M15 6h1M4 14h1M8 14h8M13 4v4M6 12v4',
  flask: 'M8 3h4M9 3v5l-5 9h12l-5-9V3',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2',
  keyboard: 'M2 5h16v10H2zM5 8h1M8 8h1M11 8h1M14 8h1M6 12h8',
  search: 'M9 3a6 6 0 1 0 0 12A6 6 0 0 0 9 3M13.5 13.5 18 18',
  menu: 'M3 5h14M3 10h14M3 15h14',
  sun: 'M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8M10 1v2M10 17v2M1 10h2M17 10h2M3.6 3.6 5 5M15 15l1.4 1.4M3.6 16.4 5 15M15 5l1.4-1.4',
  moon: 'M16 12.5A7 7 0 0 1 7.5 4 7 7 0 1 0 16 12.5',
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  plus: 'M10 4v12M4 10h12',
  columns: 'M3 4h14v12H3zM8 4v12M13 4v12',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  filter: 'M3 4h14l-5.5 7v5l-3-1.5V11z',
  refresh: 'M16 10a6 6 0 1 1-2-4.5M14 2v4h-4',
  log: 'M3 5h3M8 5h9M3 10h3M8 10h9M3 15h3M8 15h9',
  book: 'M4 4h5a2 2 0 0 1 2 2v11a2 2 0 0 0-2-2H4zM16 4h-3a2 2 0 0 0-2 2v11a2 2 0 0 1 2-2h3z',
  letter: 'M3 5h14v10H3zM3 6l7 5 7-5',
} as const;

export type IconName = keyof typeof ICON_PATHS;
