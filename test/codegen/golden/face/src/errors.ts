export class CardDeclined extends Error {}
