/** How a picture becomes square. See "From picture to input" in ARCHITECTURE.md. */
export type Crop = 'centre' | 'pad' | 'stretch';

/** The values that a backbone wants its pixels scaled to. */
export type InputRange = readonly [min: number, max: number];

/** A backbone's input before scaling to its range: RGB, row-major [side, side, 3]. */
export type InputPixels = Uint8Array<ArrayBuffer>;
