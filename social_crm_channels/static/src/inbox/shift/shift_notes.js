import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

const MODEL = "social.crm.shift.note";

/** What the last shift wants known: shown to whoever starts, until they have read it. */
export class InboxShiftNotes extends Component {
    static template = "social_crm_channels.InboxShiftNotes";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ notes: [] });
        onWillStart(() => {
            this.load(); // not awaited: the queue does not wait for it
        });
    }

    async load() {
        this.state.notes = await this.orm.silent.call(MODEL, "current_for_me");
    }

    async read(note) {
        this.state.notes = this.state.notes.filter((one) => one.id !== note.id);
        await this.orm.silent.call(MODEL, "action_seen", [[note.id]]);
    }

    until(note) {
        return toLocaleDateTimeString(deserializeDateTime(note.valid_until), { showSeconds: false });
    }
}
