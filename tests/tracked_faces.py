"""Networks that find a face of 60 pixels wherever they look, and count how often they are asked."""

import numpy as np

SIDE = 200


class Networks(dict):
    """By name, as the stages take them; the test says how many faces there are and how sure the points."""

    def __init__(self):
        self.calls, self.faces, self.sigma = [], 1, 0.3
        super().__init__(detector=self.detector, expression=self.expression, gaze=self.gaze)

    def detector(self, picture):
        self.calls.append("detector")
        boxes = np.array([[[70, 70, 130, 130]]], np.float32) * 320 / SIDE
        points = np.array([[[85, 90], [115, 90], [100, 100], [88, 115], [112, 115]]], np.float32)[None] * 320 / SIDE
        return {"scores": np.full((1, 1), 0.9 * (self.faces > 0), np.float32), "boxes": boxes, "points": points}

    def expression(self, picture):
        self.calls.append("expression")
        # In the middle three quarters of the crop, whatever it shows, with eyes level.
        rng = np.random.default_rng(0)
        points = 20.0 + 120.0 * rng.uniform(size=(1, 68, 2))
        points[:, 36:42], points[:, 42:48] = [58.0, 66.0], [100.0, 66.0]
        zeros = np.zeros((1, 64), np.float32)
        return {
            "weights": zeros,
            "gaze": zeros[:, :4],
            "rotation": zeros[:, :3],
            "points": points.astype(np.float32),
            "sigma": np.full((1, 68), self.sigma, np.float32),
        }

    def gaze(self, picture):
        self.calls.append("gaze")
        zeros = np.zeros((2, 4), np.float32)
        return {"gaze": zeros[:, :2], "sigma": np.full((2, 1), 0.05, np.float32), "slope": zeros}
