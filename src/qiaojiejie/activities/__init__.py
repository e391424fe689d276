"""Activities of stations, the four entries (四进): ideas, training, service, projects into the community.

Who signed up, who waits, who was there, what was done, with photos people agreed to. Knows stations, media.
Facts: ``activity.*``.
"""
