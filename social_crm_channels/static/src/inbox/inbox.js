import { Component, useState, useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useLiveRefresh } from "@social_crm_base/live/live_hook";

import { InboxComposer } from "./composer/composer";
import { useInboxKeys } from "./inbox_keys";
import { InboxStore } from "./inbox_store";
import { InboxPerson } from "./person/person";
import { InboxQueue } from "./queue/queue";
import { InboxTalk } from "./talk/talk";

/** The screen people keep open all day: the queue, the talk, and who this is. */
export class Inbox extends Component {
    static template = "social_crm_channels.Inbox";
    static components = { InboxComposer, InboxPerson, InboxQueue, InboxTalk };
    static props = { ...standardActionServiceProps };

    setup() {
        const services = {
            action: useService("action"),
            dialog: useService("dialog"),
            notification: useService("notification"),
            orm: useService("orm"),
        };
        this.store = useState(InboxStore.make(this.env, services));
        useSubEnv({ inbox: this.store });
        useInboxKeys(this.store);
        useLiveRefresh({
            resModel: "social.crm.case",
            isBusy: () => false,
            refresh: (ids) => this.store.changed(ids),
        });
    }
}

registry.category("actions").add("social_crm_inbox", Inbox);
