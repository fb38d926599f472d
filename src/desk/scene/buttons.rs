//! Buttons, pressed or typed.

use super::Scene;
use crate::desk::command::Command;
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::desk::questions::Verdict;
use crate::desk::service::HandleError;
use crate::desk::wording;
use crate::domain::text;

/// Buttons whose words are typed are looked for in this many lines of the conversation.
const LINES_LOOKED_BACK: u32 = 20;

impl Scene<'_> {
    /// What a button below a message calls for.
    #[expect(clippy::too_many_lines, reason = "a plain table: one line a button")]
    pub(super) async fn on_press(&mut self, press: &Press) -> Result<(), HandleError> {
        match press {
            Press::Human(turn) => self.on_human_about(*turn).await,
            Press::Choose(turn, choice) => {
                self.on_choice(*turn, *choice);
                Ok(())
            }
            Press::NoneOfThese(turn) => self.on_none_of_these(*turn).await,
            Press::Helpful(turn) => {
                self.on_feedback(*turn, Verdict::Helpful);
                Ok(())
            }
            Press::Unhelpful(turn) => {
                self.on_feedback(*turn, Verdict::Unhelpful);
                Ok(())
            }
            Press::Facet(turn, facet) => {
                self.on_facet(*turn, *facet);
                Ok(())
            }
            Press::More(turn, facet, from) => {
                self.on_more(*turn, *facet, *from);
                Ok(())
            }
            Press::Summary(turn) => {
                self.on_summary(*turn);
                Ok(())
            }
            Press::Confirm(turn) => self.on_confirm(*turn).await,
            Press::Cancel(turn) => {
                self.on_cancel(*turn);
                Ok(())
            }
            Press::Kind(turn, kind) => {
                self.on_kind(*turn, *kind);
                Ok(())
            }
            Press::NewQuestion => self.on_command(Command::New, "").await,
            Press::Rate(number, rating) => self.on_rate(number, *rating).await,
            Press::Comment(number) => self.on_comment(number).await,
            Press::Urge(number) => self.on_urge(number).await,
            Press::Withdraw(number) => self.on_withdraw(number).await,
            Press::Progress(number) => self.on_progress_of(number).await,
            Press::Subdistricts(turn) => {
                self.on_subdistricts(*turn);
                Ok(())
            }
            Press::Subdistrict(turn, street) => {
                self.on_subdistrict(*turn, *street);
                Ok(())
            }
            Press::Anonymous(turn) => {
                self.on_anonymous(*turn);
                Ok(())
            }
            Press::Company(turn) => {
                self.on_which_company(*turn);
                Ok(())
            }
            Press::Phone(turn) => {
                self.on_which_phone(*turn);
                Ok(())
            }
            Press::NoPhone(turn) => {
                self.on_no_phone(*turn);
                Ok(())
            }
            Press::Join(turn, number) => self.on_join(*turn, number).await,
            Press::Reopen(number) => self.on_reopen(number).await,
            Press::OtherActions(number) => self.on_other_actions(number).await,
            Press::Say(purpose, number) => self.on_say(*purpose, number).await,
            Press::Resume(number) => self.on_resume(number).await,
            Press::StandIn(number) => self.on_stand_in(number).await,
            Press::TakeOver(number) => self.on_take_over(number).await,
            Press::ApproveExtension(number) => self.on_approve_extension(number).await,
            Press::Canned(number, reply) => self.on_canned(number, *reply).await,
            Press::Choices(number) => self.on_assignees(number).await,
            Press::AssignTo(number, person) => self.on_assign_to(number, person).await,
            Press::Sign(number) => self.on_sign(number).await,
            Press::Contacted(number) => self.on_contacted(number).await,
            Press::Close(number) => self.on_close(number).await,
            Press::WriteTo(asked, number) => self.on_write_to(*asked, number).await,
            Press::AskMyself(asked) => self.on_ask_myself(*asked).await,
        }
    }

    /// A button whose words were typed, or the number of a choice: below the last answer, or below what was last written to
    /// this conversation by others.
    pub(super) async fn typed_button(&self, words: &str) -> Result<Option<Press>, HandleError> {
        let typed = text::key(words);
        let number = typed.parse::<usize>().ok();
        let meant = |button: &Button| {
            let press = Press::decode(&button.data)?;
            let is_number = matches!(press, Press::Choose(_, choice) if Some(choice + 1) == number);
            let is_more = matches!(press, Press::More(..)) && wording::WORDS_FOR_MORE.contains(&typed.as_str());
            (text::key(&button.label) == typed || is_number || is_more).then_some(press)
        };
        if let Some(press) = self.dialogue.value.offered.iter().find_map(meant) {
            return Ok(Some(press));
        }
        if !wording::BUTTONS_OF_TICKETS.contains(&words.trim()) {
            return Ok(None);
        }
        let lines = self.desk.store.history(&self.incoming.chat, LINES_LOOKED_BACK).await?;
        Ok(lines.iter().rev().flat_map(|line| line.buttons.iter().flatten()).find_map(meant))
    }
}
