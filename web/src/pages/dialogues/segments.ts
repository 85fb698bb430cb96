// How many SMS a text takes while it is being typed; src/messaging/src/channel_sms_segments.cpp decides.
const beyond = '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà';
const escaped = '^{}\\[~]|€\f';
const plain = /[\n\r !"#%&'()*+,\-./0-9:;<=>?A-Za-z]/;

export function segmentsOf(text: string): number {
  let septets = 0;
  for (const c of text) {
    if (escaped.includes(c)) septets += 2;
    else if (plain.test(c) || beyond.includes(c)) septets += 1;
    else return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
  }
  return septets <= 160 ? 1 : Math.ceil(septets / 153);
}
