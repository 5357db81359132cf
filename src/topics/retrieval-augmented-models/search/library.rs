//! A library of short texts of our own, and queries of which we know what they want; or a reader's texts.

use crate::lab::schema::text::Fault;

/// What a text is about.
pub const THEMES: [&str; 6] = ["cars", "hearts", "sky", "bread", "sea", "money"];
/// Texts of each theme.
pub const EACH: usize = 4;

/// Title and text.
pub const TEXTS: [(&str, &str); THEMES.len() * EACH] = [
    (
        "Cold engines",
        "On a cold morning the engine of a car turns slowly, because its oil is thick. The battery gives up \
         first. A vehicle that sleeps in a garage starts sooner, and its motor lives longer.",
    ),
    (
        "Old automobiles",
        "Look under an old automobile for rust and for oil. Ask which mechanic looked after the vehicle, and \
         let the motor run for a while. A cheap automobile with tired brakes is dear.",
    ),
    (
        "Brakes",
        "The brakes of a car turn motion into heat. When the pads of a vehicle are thin, it takes longer to \
         stop. A mechanic changes them in an hour.",
    ),
    (
        "Electric cars",
        "An electric car has no gears and hardly any noise. Its battery is heavy, its motor is small, and \
         charging takes longer than filling a tank. Drivers plan a journey around it.",
    ),
    (
        "Heart attack",
        "When an artery of the heart is blocked, part of the muscle dies. Pain in the chest is the sign. Call \
         an ambulance: for the patient and the doctor every minute counts.",
    ),
    (
        "Blood pressure",
        "A physician measures blood pressure with a cuff around the arm: one number while the heart beats, one \
         while it rests. High pressure hurts an artery long before the patient feels it.",
    ),
    (
        "Cardiac surgery",
        "In cardiac surgery a machine takes over while the surgeon mends an artery or a valve of the patient. \
         For days a physician watches the cardiac rhythm.",
    ),
    (
        "Maren Holt",
        "Maren Holt was a country doctor for forty winters. She rode to each patient, listened to the chest \
         with a wooden tube, and wrote down what the illness did, not what books said.",
    ),
    (
        "Telescopes",
        "A telescope gathers the light of a star with a mirror. The wider the mirror, the fainter the galaxy \
         that an astronomer can see. Air blurs the picture, so the best stand on mountains or in orbit.",
    ),
    (
        "Comets",
        "A comet is a lump of ice and dust in a long orbit. Near the sun its ice turns to gas and makes a \
         tail. An astronomer with a small telescope can find one.",
    ),
    (
        "Eclipses",
        "In an eclipse the moon stands between the sun and the earth. For some minutes the day is dark, a star \
         or a planet comes out, and the corona of the sun can be seen.",
    ),
    (
        "A red planet",
        "Mars is a planet with thin air and red dust. Its orbit around the sun takes almost two years. Rovers \
         look for water there, and for signs that something once lived.",
    ),
    (
        "Sourdough",
        "Sourdough is bread without bought yeast. Flour and water stand until wild yeast makes them rise. The \
         baker keeps a part of the dough for the next loaf.",
    ),
    (
        "Hot ovens",
        "A baker heats the oven for an hour before the loaf goes in. Steam keeps the crust soft while the \
         bread rises; then it dries and turns brown.",
    ),
    (
        "Kneading",
        "Kneading makes the protein of flour into a net that holds gas. Too little, and the dough tears; too \
         much, and it is tough. Rest does half of the work for the baker.",
    ),
    (
        "Cake",
        "A cake rises by eggs, sugar and powder, not by yeast. Stir the flour in last and briefly, or the \
         pastry is tough. Put it into a mild oven, and let it cool in its tin.",
    ),
    (
        "Tides",
        "The tide follows the moon. Twice a day the sea comes up the beach, and in a harbour that was mud \
         every boat floats again. Sailors read the hour of the tide from tables.",
    ),
    (
        "Sailing",
        "A sail pulls a boat even against the wind, if she is steered across it. Sailors call this beating. \
         The keel keeps the vessel from sliding sideways through the sea.",
    ),
    (
        "Lighthouses",
        "A lighthouse tells the captain of a vessel at night where the rocks are. Its lamp turns, and each has \
         its own rhythm. Few have a keeper today.",
    ),
    (
        "River banks",
        "On the bank of a river the ship lay in the mud. The captain waited for the tide to lift the vessel, \
         and sailors mended a sail on the bank.",
    ),
    (
        "Savings",
        "Money on a savings account earns interest. The bank lends it to others at a higher rate and keeps what \
         is between. Inflation eats what you saved when prices rise faster.",
    ),
    (
        "Loans",
        "Whoever takes a loan from a bank pays it back with interest. The lender looks at income and at what \
         the house is worth. A mortgage runs for twenty years or more.",
    ),
    (
        "Shares",
        "A share is a part of a company. Its price rises and falls with what investors expect. Whoever spreads \
         money over many shares loses less when one company fails.",
    ),
    (
        "Coins",
        "The first coins were lumps of silver with a stamp. A king could put less silver in and keep the rest, \
         and prices rose. Paper money came later.",
    ),
];

/// A text that can be found.
pub struct Text {
    pub title: String,
    pub words: String,
    /// What it is about, where that is known.
    pub theme: Option<usize>,
}

/// Our own texts.
fn ours() -> Vec<Text> {
    let text = |(i, (title, words)): (usize, &(&str, &str))| Text {
        title: (*title).to_owned(),
        words: (*words).to_owned(),
        theme: Some(i / EACH),
    };
    TEXTS.iter().enumerate().map(text).collect()
}

/// Letters of a text's beginning that stand for a title.
const TITLE: usize = 16;

/// The texts of a reader, one a line, named by how they begin; ours where there are none.
pub fn texts(own: &str) -> Vec<Text> {
    if own.trim().is_empty() {
        return ours();
    }
    let lines = own.lines().map(str::trim).filter(|line| !line.is_empty());
    let text = |line: &str| {
        let mut title: String = line.chars().take(TITLE).collect();
        if title.len() < line.len() {
            title.push('…');
        }
        Text { title, words: line.to_owned(), theme: None }
    };
    lines.map(text).collect()
}

/// The fewest and the most texts that a reader may bring.
pub const OWN: [usize; 2] = [3, 40];

/// Refuses texts without words, too few and too many of them.
pub fn read_texts(text: &str) -> Result<(), Fault> {
    let [fewest, most] = OWN;
    let (mut at, mut count) = (0, 0);
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            count += 1;
            if words(line).is_empty() {
                let sentence = "this text has no word of letters a to z or digits.".to_owned();
                return Err(Fault { at, sentence });
            }
        }
        at += line.chars().count() + 1;
    }
    if count > 0 && count < fewest || count > most {
        let sentence = format!("these are {count} texts. It takes {fewest} to {most}, each on a line.");
        return Err(Fault::at_end(text, sentence));
    }
    Ok(())
}

/// Queries, with the texts that answer them.
pub const QUERIES: [(&str, &[usize]); 10] = [
    ("automobile", &[0, 1, 2, 3]),
    ("car battery", &[0, 3]),
    ("physician", &[4, 5, 6, 7]),
    ("cardiac patient", &[4, 5, 6]),
    ("Maren Holt", &[7]),
    ("Mars", &[11]),
    ("small telescope", &[8, 9]),
    ("pastry oven", &[13, 15]),
    ("a ship and the tide", &[16, 19]),
    ("interest of a bank", &[20, 21]),
];

/// The words of a text, in small letters, without what stands between them.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The sentences of a text.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', ';']).map(str::trim).filter(|s| !s.is_empty())
}
