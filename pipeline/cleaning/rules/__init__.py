"""The rule table, its engine, its predicates, and the phrases by which boilerplate names itself."""
