/**
 * The palette of Okabe and Ito, told apart with every common form of colour blindness and on light
 * and dark ground. Colour only underlines: each state is also a text, each count also a number.
 */
export const COLOUR = {
  good: '#009E73',
  busy: '#56B4E9',
  warning: '#E69F00',
  bad: '#D55E00',
  ended: '#0072B2',
  removed: '#CC79A7',
  unknown: '#999999',
} as const;
