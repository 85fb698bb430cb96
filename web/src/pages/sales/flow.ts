// Geometry of the picture on the share-out page: a stream from the left splits into bands.

export interface FlowLayout {
  readonly height: number;
  /** One closed path per part, in a box 100 wide and `height` high. */
  readonly bands: readonly string[];
  /** Where the label of each part stands, from the top. */
  readonly middles: readonly number[];
}

const sourceHeight = 120;
const rowHeight = 62;

/** On the right every part gets a row of its own, so that its label has room however thin it is. */
export function layFlow(amounts: readonly number[]): FlowLayout {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const height = Math.max(sourceHeight, amounts.length * rowHeight);
  const bands: string[] = [];
  const middles: number[] = [];
  let left = (height - sourceHeight) / 2;
  amounts.forEach((amount, index) => {
    const width = total === 0 ? 0 : (amount / total) * sourceHeight;
    const shown = Math.min(Math.max(width, 1.5), rowHeight - 8);
    const middle = (height / amounts.length) * (index + 0.5);
    const top = middle - shown / 2;
    const end = middle + shown / 2;
    bands.push(
      `M0 ${left.toFixed(1)}C50 ${left.toFixed(1)} 50 ${top.toFixed(1)} 100 ${top.toFixed(1)}` +
        `V${end.toFixed(1)}C50 ${end.toFixed(1)} 50 ${(left + width).toFixed(1)} 0 ${(left + width).toFixed(1)}Z`,
    );
    middles.push(middle);
    left += width;
  });
  return { height, bands, middles };
}
