/** How a picture becomes square. See "From picture to input" in ARCHITECTURE.md. */
export type Crop = 'centre' | 'pad' | 'stretch';

/** The values that a backbone wants its pixels scaled to. */
export type InputRange = readonly [min: number, max: number];
