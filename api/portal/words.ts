/* The portal's own few words, in English and German; the elements have theirs. */
const en = {
  title: "Upward",
  skip: "Skip to content",
  nav: { home: "Home", programmes: "Programmes", people: "People", reports: "Reports" },
  sign_out: "Sign out",
  signing_in: "Signing in …",
  failed: "Signing in has failed",
  failed_text: "Your identity provider refused, or could not be reached.",
  again: "Try again",
  greeting: (hour: number, name: string) => `Good ${hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening"}, ${name}`,
  pairs: "Your pairs",
  mentor: "teaches you",
  mentee: "learns from you",
  shortlist: "Your shortlist",
  pair: "Your pair",
  programme: "Programme",
  import_people: "Import people",
  print: "Print",
  unknown: "There is no page for this",
  unknown_text: "It may have been removed, or is not for you.",
  other_language: "Deutsch",
};

const de: typeof en = {
  title: "Upward",
  skip: "Zum Inhalt",
  nav: { home: "Start", programmes: "Programme", people: "Personen", reports: "Berichte" },
  sign_out: "Abmelden",
  signing_in: "Anmeldung läuft …",
  failed: "Die Anmeldung ist fehlgeschlagen",
  failed_text: "Ihr Anmeldedienst hat abgelehnt oder war nicht zu erreichen.",
  again: "Noch einmal versuchen",
  greeting: (hour, name) => `Guten ${hour < 12 ? "Morgen" : hour < 18 ? "Tag" : "Abend"}, ${name}`,
  pairs: "Ihre Tandems",
  mentor: "Von dieser Person lernen Sie",
  mentee: "Diese Person lernt von Ihnen",
  shortlist: "Ihre Auswahl",
  pair: "Ihr Tandem",
  programme: "Programm",
  import_people: "Personen einlesen",
  print: "Drucken",
  unknown: "Dafür gibt es keine Seite",
  unknown_text: "Vielleicht wurde sie entfernt, oder sie ist nicht für Sie.",
  other_language: "English",
};

const KEPT = "upward.language";

export const language = (): "en" | "de" =>
  (localStorage.getItem(KEPT) ?? navigator.language).toLowerCase().startsWith("de") ? "de" : "en";
export const words = () => (language() === "de" ? de : en);

/** The other language, from now on. */
export function switchLanguage(): void {
  localStorage.setItem(KEPT, language() === "de" ? "en" : "de");
}
