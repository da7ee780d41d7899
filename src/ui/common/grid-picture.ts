/** What a grid of pictures shows of one. */
export interface GridPicture {
  readonly id: string;
  readonly name: string;
  /** Under the picture: "97 % sure". */
  readonly caption?: string;
  /** On the picture: "Test". */
  readonly badge?: string;
}
