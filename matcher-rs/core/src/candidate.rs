//! A mentor as the matcher knows one.

use uuid::Uuid;

use crate::WHOLE;
use crate::availability::Mask;
use crate::countries::Country;
use crate::invalid::{Invalid, require};

/// Levels of skill run from 1 to this.
pub const TOP_LEVEL: u8 = 10;
/// Months after which more experience adds nothing.
pub const FULL_EXPERIENCE: u32 = 60;

/// Facts about a mentor, in whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The mentor.
    pub id: Uuid,
    /// Skill and level, 1 to [`TOP_LEVEL`]; each skill once.
    pub skills: Vec<(Box<str>, u8)>,
    /// Languages the mentor works in.
    pub languages: Vec<Box<str>>,
    /// Where the mentor lives, if told.
    pub country: Option<Country>,
    /// Minutes east of UTC this week.
    pub utc_offset: i16,
    /// Quarter hours free for mentoring.
    pub availability: Mask,
    /// Learners the mentor takes at once.
    pub capacity: u16,
    /// Learners the mentor has now.
    pub taken: u16,
    /// Stars received, summed.
    pub rating_sum: u32,
    /// Reviews received, one to five stars each.
    pub rating_count: u32,
    /// Months of experience.
    pub experience_months: u16,
    /// Whether the mentor agreed to be matched; without it nobody is shown them.
    pub consents: bool,
    /// Whether the mentor may mentor people under 18.
    pub minors: bool,
}

impl Candidate {
    /// Checks every bound the arithmetic relies on.
    pub fn check(&self) -> Result<(), Invalid> {
        let id = self.id;
        require(self.skills.len() <= 256, || format!("mentor {id} has more than 256 skills"))?;
        for (name, level) in &self.skills {
            check_name("skill", name)?;
            require((1..=TOP_LEVEL).contains(level), || {
                format!("mentor {id}: the level of {name} is 1 to {TOP_LEVEL}")
            })?;
        }
        check_languages(&self.languages)?;
        check_offset(self.utc_offset)?;
        require(self.capacity <= 1_000, || format!("mentor {id}: the capacity is at most 1000"))?;
        require(self.experience_months <= 1_200, || format!("mentor {id}: the experience is at most 1200 months"))?;
        require(self.rating_count <= 1_000_000, || format!("mentor {id}: at most 1000000 reviews"))?;
        let stars = self.rating_count..=self.rating_count * 5;
        require(stars.contains(&self.rating_sum), || format!("mentor {id}: a review is one to five stars"))
    }

    /// Places still free.
    pub fn free(&self) -> u16 {
        self.capacity.saturating_sub(self.taken)
    }

    /// The mean of the stars above one, as a share; as if five reviews of 4.2 came before.
    pub fn rating_share(&self) -> u32 {
        let above_one = u64::from(16 + self.rating_sum - self.rating_count);
        (above_one * 2_500 / u64::from(5 + self.rating_count)) as u32
    }

    /// Free places of all places.
    pub fn free_share(&self) -> u32 {
        u32::from(self.free()) * WHOLE / u32::from(self.capacity).max(1)
    }

    /// Experience up to [`FULL_EXPERIENCE`].
    pub fn experience_share(&self) -> u32 {
        u32::from(self.counted_months()) * WHOLE / FULL_EXPERIENCE
    }

    /// Months of experience up to [`FULL_EXPERIENCE`].
    pub(crate) fn counted_months(&self) -> u8 {
        u32::from(self.experience_months).min(FULL_EXPERIENCE) as u8
    }
}

pub(crate) fn check_name(what: &str, name: &str) -> Result<(), Invalid> {
    require((1..=64).contains(&name.len()), || format!("a {what} is named by 1 to 64 bytes"))
}

pub(crate) fn check_languages(languages: &[Box<str>]) -> Result<(), Invalid> {
    require(languages.len() <= 64, || "at most 64 languages".to_owned())?;
    languages.iter().try_for_each(|name| check_name("language", name))
}

pub(crate) fn check_offset(minutes: i16) -> Result<(), Invalid> {
    require((-720..=840).contains(&minutes), || {
        format!("a UTC offset of {minutes} minutes exists nowhere; write -720 to 840")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_reviews_of_five_stars_have_nearly_the_whole_share() {
        let mentor = Candidate {
            id: Uuid::nil(),
            skills: Vec::new(),
            languages: Vec::new(),
            country: None,
            utc_offset: 0,
            availability: Mask::default(),
            capacity: 1,
            taken: 0,
            rating_sum: 5_000_000,
            rating_count: 1_000_000,
            experience_months: 0,
            consents: true,
            minors: false,
        };
        assert_eq!(mentor.rating_share(), 9_999);
    }
}
