"use strict";
// Nothing that is shown or tried leaves for another host: no validator is asked.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#documents", validatorUrl: null });
