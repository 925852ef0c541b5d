"""Every figure of an evaluation in a sentence, for people who meet it for the first time; the app and the page say it.

A test sees that each figure of a report has its sentence.
"""

ERRORS = {
    "RMSE": "how far predictions are from ratings, in stars: the root of the mean squared error, so that large errors "
    "count for more; lower is better.",
    "MAE": "how far they are on average, in stars, all errors counting alike; lower is better.",
    "MSE": "the mean squared error, which most models minimise: the RMSE squared.",
    "R²": "the share of the ratings' variance that is explained: 1 is perfect, 0 is no better than their mean.",
    "within half a star": "the share of predictions that are at most half a star off.",
    "known only": "without the test rows whose user or movie the model never trained on.",
    "not clipped": "the same with predictions as they are, also above and below the scale.",
    "bias model": "the mean, plus how generous the user is and how liked the movie is; a model that doesn't beat it "
    "has learnt nothing of taste.",
    "movie mean": "every movie's mean rating, the same for everybody.",
    "global mean": "one number for everything.",
    "commonest rating": "always the same rating, the commonest one.",
}
"""The error of predicted ratings."""

GROUPS = {
    "by true rating": "the error among the rows of each rating: models err most at the ends of the scale.",
    "calibration": "by predicted rating, how the rows were really rated: well calibrated where the two agree.",
    "by training ratings": "how the error falls with what the model knows of the user, or of the movie.",
    "by genre": "the error among movies of a genre; one of several genres counts in each.",
    "by time": "the error by when the rows were rated.",
    "too low or too high": "how many predictions lie below the true rating (below 0) or above it, and by how much.",
    "interval coverage": "how many ratings lie within the intervals that the model predicts: half of them should lie "
    "within the 50% interval.",
    "predicted deviation": "how unsure the model says it is, beside how far off it is: honest where the two agree.",
}
"""Where the error is."""

RANKING = {
    "NDCG@k": "how many of the first k movies the user likes, the first places counting more (binary gains, discounted "
    "by the logarithm of the place): 1 where all that can be liked stand first.",
    "precision@k": "the share of the first k movies that the user likes.",
    "recall@k": "the share of what the user likes that is among the first k.",
    "MAP@k": "the mean, over all that the user likes, of the precision at its place; 0 for what is not among the k.",
    "MRR@k": "one over the place of the first liked movie: 1 where it stands first, 0 where none is among the k.",
    "hit rate@k": "the share of users with a liked movie among their first k.",
    "coverage@k": "the share of all movies that is among somebody's first k.",
    "novelty@k": "how unexpected the movies are, in bits: one more where half as many users rated them.",
    "popularity@k": "how many training ratings the movies have, beside those of what people like.",
    "genre diversity@k": "how much two movies of a list differ in their genres: 0 for the same, 1 for none in common "
    "(intra-list diversity).",
    "most popular": "the most rated movies first, the same for everybody.",
    "random": "movies in any order: what luck gives.",
    "EASE": "a shallow linear autoencoder (Steck 2019) of all training ratings, each as its share of the highest: hard "
    "to beat; where there are at most 10,000 movies.",
}
"""The lists of movies that a model makes for each user."""

ALWAYS = {
    "95% interval": "where the figure would mostly lie with other users like these, found by drawing the users anew; a "
    "difference is clear where its interval leaves out 0.",
    "norm": "how long an array or a row of factors is, as a vector: a movie with a short one is predicted by its bias.",
    "mean ± deviation": "of an array's values; below them its first values.",
}
"""Of errors and rankings alike, and of the model."""

SCREEN = {
    "other": "the lowest RMSE of your other runs on the same test rows.",
    "overfitting": "a held-out loss that rises again after its best epoch while the training loss goes on falling.",
    "off by": "how far the prediction is from the rating.",
    "its ratings, the user's": "how often the movie and the user were seen in training: few explain much.",
    "better, worse, not clear": "a run beside another on the same users and rows: clear where the 95% interval of the "
    "difference leaves out 0; of many such comparisons, one in twenty is clear by chance.",
}
"""What only the app shows."""

GLOSSARY = {**ERRORS, **GROUPS, **RANKING, **ALWAYS, **SCREEN}
"""All of them."""
