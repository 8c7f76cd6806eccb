//! What a learner looks for.

use std::collections::HashSet;

use uuid::Uuid;

use crate::availability::{Mask, SLOTS};
use crate::candidate::{Candidate, TOP_LEVEL, check_languages, check_name, check_offset};
use crate::countries::Country;
use crate::invalid::{Invalid, require};

/// One skill the learner wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub skill: Box<str>,
    /// The level at which a mentor is good enough, 1 to 10.
    pub target: u8,
    /// How much it matters among the wanted skills, 1 to 100.
    pub weight: u8,
}

/// A learner's wishes, in whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The learner, who is never their own mentor.
    pub learner_id: Uuid,
    /// 1 to 32 skills, each once.
    pub skills: Vec<Wanted>,
    /// Languages the learner understands; the first is the preferred one.
    pub languages: Vec<Box<str>>,
    /// Where the learner lives, if told.
    pub country: Option<Country>,
    /// Minutes east of UTC this week.
    pub utc_offset: i16,
    /// Quarter hours free for learning.
    pub availability: Mask,
    /// Common quarter hours a week that are enough.
    pub slots_needed: u16,
    /// Mentors who must not be shown: blocks of either side, earlier refusals.
    pub blocked: HashSet<Uuid>,
    /// Whether the learner is under 18, so that only mentors who may mentor minors are shown.
    pub minor: bool,
}

impl Need {
    /// Checks every bound the arithmetic relies on.
    pub fn check(&self) -> Result<(), Invalid> {
        require((1..=32).contains(&self.skills.len()), || "name 1 to 32 wanted skills".to_owned())?;
        let mut seen = HashSet::new();
        for Wanted { skill, target, weight } in &self.skills {
            check_name("skill", skill)?;
            require(seen.insert(skill), || format!("{skill} is wanted twice; name it once"))?;
            require((1..=TOP_LEVEL).contains(target), || format!("the target of {skill} is 1 to {TOP_LEVEL}"))?;
            require((1..=100).contains(weight), || format!("the weight of {skill} is 1 to 100"))?;
        }
        check_languages(&self.languages)?;
        check_offset(self.utc_offset)?;
        require(self.blocked.len() <= 10_000, || "at most 10000 blocked mentors".to_owned())?;
        let slots = 1..=SLOTS;
        require(slots.contains(&u32::from(self.slots_needed)), || format!("the slots needed are 1 to {SLOTS}"))
    }

    /// Whether this mentor must not be shown: the learner, a blocked one, one who agreed to no
    /// match, or one who may not mentor minors when the learner is a minor.
    pub fn excludes(&self, mentor: &Candidate) -> bool {
        let permitted = mentor.consents && (mentor.minors || !self.minor);
        !permitted || self.forbids(mentor.id)
    }

    /// Whether this mentor is the learner or blocked.
    pub(crate) fn forbids(&self, mentor: Uuid) -> bool {
        mentor == self.learner_id || self.blocked.contains(&mentor)
    }
}
