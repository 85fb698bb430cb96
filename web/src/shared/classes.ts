// Who shares in a price: one colour each, the same on every page.
const colours: Readonly<Record<string, string>> = {
  producers: 'var(--leaf)',
  group: 'var(--plum)',
  packaging_house: 'var(--clay)',
  outlet: 'var(--indigo)',
  prisoners: 'var(--primary)',
  staff: 'var(--plum)',
  victims: 'var(--marigold)',
  suspense: 'var(--grey)',
  gst: 'var(--grey)',
  outlet_margin: 'var(--indigo)',
  group_fee: 'var(--plum)',
  packing: 'var(--clay)',
  transport: 'var(--line-strong)',
  material: 'var(--clay)',
  wages: 'var(--primary)',
};

export function classColour(key: string): string {
  return colours[key] ?? 'var(--grey)';
}
