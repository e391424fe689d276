"""Pages for people, over the same API a phone app uses: first the family's.

In ``static`` the family's page is a module a noun (``quote.js``, ``chat.js``, ``needs.js`` …): ``app.js`` chooses
the view, ``client.js`` speaks to the API and asks again quietly while unsure, ``view.js`` shows, and reads out, what
changed.

Knows how things look; decides nothing. Writes no facts.
"""
